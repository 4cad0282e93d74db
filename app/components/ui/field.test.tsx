import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Field } from "./field";
import { Input } from "./input";

function renderField(error?: string) {
  render(
    <Field label="Email" hint="We only write when needed." error={error}>
      {(control) => <Input {...control} name="email" />}
    </Field>,
  );
  return screen.getByRole("textbox", { name: "Email" });
}

function descriptionOf(control: HTMLElement): string {
  const ids = control.getAttribute("aria-describedby")?.split(" ") ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent).join(" | ");
}

test("a field's label and hint belong to its control", () => {
  const control = renderField();
  expect(descriptionOf(control)).toBe("We only write when needed.");
  expect(control.hasAttribute("aria-invalid")).toBe(false);
});

test("a field with an error says so and reads the error first", () => {
  const control = renderField("Enter a valid email address.");
  expect(control.getAttribute("aria-invalid")).toBe("true");
  expect(descriptionOf(control)).toBe("Enter a valid email address. | We only write when needed.");
});
