import { createRemixStub } from "@remix-run/testing";
import { render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RouteErrorPage } from "./error-page";

beforeEach(() => {
  // why: React and the router report the error that the boundary catches; here it is the point
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

function renderError(error: unknown) {
  const loader = () => {
    throw error;
  };
  const Stub = createRemixStub([
    { path: "/", loader, Component: () => null, ErrorBoundary: RouteErrorPage, HydrateFallback: () => null },
  ]);
  render(<Stub />);
}

test("a page that does not exist says so and names the request", async () => {
  renderError(Response.json({ message: "Page not found.", requestId: "r-1" }, { status: 404 }));
  expect(await screen.findByRole("heading", { level: 1, name: "Nothing here" })).toBeDefined();
  expect(screen.getByText("Request r-1")).toBeDefined();
  expect(screen.getByRole("link", { name: "Go home" }).getAttribute("href")).toBe("/");
});

test("a fault shows nothing of the inside", async () => {
  renderError(new Error("relation users does not exist"));
  expect(await screen.findByRole("heading", { name: "Something went wrong" })).toBeDefined();
  expect(document.body.textContent).not.toContain("relation");
  expect(screen.getByRole("link", { name: "Try again" })).toBeDefined();
});
