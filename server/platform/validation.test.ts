import { expect, test } from "vitest";
import { z } from "zod";
import { invalidInput } from "./validation";

function refusal(schema: z.ZodType, input: unknown) {
  const parsed = schema.safeParse(input);
  if (parsed.success) throw new Error("the input fits");
  return invalidInput(parsed.error);
}

test("each field says in words what is wrong with it", () => {
  const schema = z.strictObject({ email: z.email(), name: z.string().max(3), age: z.number(), id: z.uuid() });
  const { code, details } = refusal(schema, { email: "x", name: "long", age: "1", id: "1" });
  expect(code).toBe("invalid");
  expect(details.fields).toEqual({
    email: "Enter a valid email address.",
    name: "Use at most 3 characters.",
    age: "Expected a number.",
    id: "This is not a valid id.",
  });
});

test("missing and unknown fields are named", () => {
  const { details } = refusal(z.strictObject({ text: z.string() }), { extra: 1 });
  expect(details.fields).toEqual({ text: "This field is required.", extra: "This field is not known." });
});

test("a contract's own message wins", () => {
  const { message } = refusal(z.string({ error: "Say something." }), 1);
  expect(message).toBe("Say something.");
});

test("an input with a thousand faults names twenty", () => {
  const input = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`field${n}`, n]));
  expect(Object.keys(refusal(z.strictObject({}), input).details.fields ?? {})).toHaveLength(20);
});
