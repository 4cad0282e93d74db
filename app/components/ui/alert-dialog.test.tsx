import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { AlertDialog, AlertDialogContent, AlertDialogTrigger } from "./alert-dialog";
import { Button } from "./button";

function renderExample() {
  const onDelete = vi.fn();
  render(
    <AlertDialog>
      <AlertDialogTrigger>Delete</AlertDialogTrigger>
      <AlertDialogContent
        title="Delete it?"
        description="It cannot be taken back."
        action={
          <Button variant="danger" onClick={onDelete}>
            Delete it
          </Button>
        }
      />
    </AlertDialog>,
  );
  return onDelete;
}

test("the harmless answer has the focus at first, so that Enter destroys nothing", async () => {
  const onDelete = renderExample();
  await userEvent.click(screen.getByRole("button", { name: "Delete" }));
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Cancel" }));
  await userEvent.keyboard("{Enter}");
  expect(onDelete).not.toHaveBeenCalled();
  expect(screen.queryByRole("alertdialog")).toBeNull();
});

test("the deciding button acts and closes", async () => {
  const onDelete = renderExample();
  await userEvent.click(screen.getByRole("button", { name: "Delete" }));
  await userEvent.click(screen.getByRole("button", { name: "Delete it" }));
  expect(onDelete).toHaveBeenCalledOnce();
  expect(screen.queryByRole("alertdialog")).toBeNull();
});
