import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { NewPasswordField } from "./new-password-field";

test("the meter follows what is typed and is part of the field's description", async () => {
  render(<NewPasswordField ownWords={[]} />);
  const password = screen.getByLabelText("Password");
  await userEvent.type(password, "short");
  expect(screen.getByText("Weak")).toBeDefined();
  await userEvent.type(password, " lantern orbit cushion");
  expect(screen.getByText("Strong")).toBeDefined();
  const described = password.getAttribute("aria-describedby") ?? "";
  expect(document.getElementById(described)?.textContent).toContain("Strong");
});

test("a password can be shown and hidden, and stays a password field until then", async () => {
  render(<NewPasswordField ownWords={[]} />);
  const password = screen.getByLabelText("Password");
  expect(password.getAttribute("type")).toBe("password");
  await userEvent.click(screen.getByRole("button", { name: "Show password" }));
  expect(password.getAttribute("type")).toBe("text");
  expect(password.getAttribute("autocomplete")).toBe("new-password");
});
