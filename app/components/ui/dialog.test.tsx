import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Dialog, DialogContent, DialogTrigger } from "./dialog";

function Example() {
  return (
    <Dialog>
      <DialogTrigger>Rename</DialogTrigger>
      <DialogContent title="Rename conversation" description="A short name helps.">
        <input aria-label="Title" />
      </DialogContent>
    </Dialog>
  );
}

test("a dialog is named and described, and takes the focus", async () => {
  render(<Example />);
  await userEvent.click(screen.getByRole("button", { name: "Rename" }));
  const dialog = screen.getByRole("dialog", { name: "Rename conversation" });
  expect(dialog.getAttribute("aria-describedby")).toBe(screen.getByText("A short name helps.").id);
  expect(dialog.contains(document.activeElement)).toBe(true);
});

test("Tab stays inside an open dialog", async () => {
  render(<Example />);
  await userEvent.click(screen.getByRole("button", { name: "Rename" }));
  const dialog = screen.getByRole("dialog");
  for (let press = 0; press < 4; press += 1) {
    await userEvent.tab();
    expect(dialog.contains(document.activeElement)).toBe(true);
  }
});

test("Escape closes a dialog and gives the focus back", async () => {
  render(<Example />);
  await userEvent.click(screen.getByRole("button", { name: "Rename" }));
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Rename" }));
});
