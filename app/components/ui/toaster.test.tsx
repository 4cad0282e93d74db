import { act, fireEvent, render, screen } from "@testing-library/react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dismissToast, showToast } from "./toast-store";
import { Toaster } from "./toaster";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const id of ["a", "b", "server"]) act(() => dismissToast(id));
  vi.useRealTimers();
});

test("toasts are told politely and leave by themselves", () => {
  render(<Toaster />);
  act(() => void showToast({ id: "a", kind: "success", title: "Saved" }));
  expect(screen.getByRole("region", { name: "Notifications" }).getAttribute("aria-live")).toBe("polite");
  expect(screen.getByText("Saved")).toBeDefined();
  act(() => void vi.advanceTimersByTime(6_000));
  expect(screen.queryByText("Saved")).toBeNull();
});

test("a toast waits while the pointer is on it", () => {
  render(<Toaster />);
  act(() => void showToast({ id: "a", kind: "info", title: "Archived" }));
  fireEvent.mouseEnter(screen.getByText("Archived"));
  act(() => void vi.advanceTimersByTime(60_000));
  expect(screen.getByText("Archived")).toBeDefined();
});

test("undo runs once and the toast goes", () => {
  const onSelect = vi.fn();
  render(<Toaster />);
  act(() => void showToast({ id: "b", kind: "info", title: "Deleted", action: { label: "Undo", onSelect } }));
  fireEvent.click(screen.getByRole("button", { name: "Undo" }));
  expect(onSelect).toHaveBeenCalledOnce();
  expect(screen.queryByText("Deleted")).toBeNull();
});

test("a toast of the server is in the HTML, and in the browser it shows once", () => {
  const toast = { id: "server", kind: "success" as const, title: "Session revoked" };
  expect(renderToString(<Toaster serverToast={toast} />)).toContain("Session revoked");
  const { rerender } = render(<Toaster serverToast={toast} />);
  expect(screen.getAllByText("Session revoked")).toHaveLength(1);
  rerender(<Toaster serverToast={null} />);
  expect(screen.getAllByText("Session revoked")).toHaveLength(1);
});
