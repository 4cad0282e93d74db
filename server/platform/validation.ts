// Readable messages for inputs that do not fit their schema. A message written in a contract wins over these.

import { z } from "zod";
import { AppError } from "./errors";

const FIELDS_MAX = 20;

z.config({ customError: readableIssue });

/** The refusal for a failed parse: one sentence, and a message per field path. */
export function invalidInput(error: z.core.$ZodError): AppError {
  const fields: Record<string, string> = {};
  for (const issue of error.issues.slice(0, FIELDS_MAX)) {
    for (const path of pathsOf(issue)) fields[path] ??= issue.message;
  }
  const [first] = Object.entries(fields);
  const message = first === undefined ? "The input is not valid." : sentence(first);
  return new AppError("invalid", message, { fields });
}

function pathsOf(issue: z.core.$ZodIssue): string[] {
  const base = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [base.join(".") || "input"];
  return issue.keys.slice(0, FIELDS_MAX).map((key) => [...base, key.slice(0, 60)].join("."));
}

function sentence([field, message]: [string, string]): string {
  return field === "input" ? message : `${field}: ${message}`;
}

function readableIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "This field is required." : `Expected ${named(issue.expected)}.`;
    case "too_small":
      return tooSmall(issue);
    case "too_big":
      return issue.origin === "string"
        ? `Use at most ${issue.maximum} characters.`
        : `At most ${issue.maximum} allowed.`;
    case "invalid_format":
      return invalidFormat(issue.format);
    case "unrecognized_keys":
      return "This field is not known.";
    case "invalid_value":
      return `Choose one of: ${issue.values.map(String).join(", ")}.`;
    default:
      return undefined;
  }
}

function tooSmall(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): string {
  if (issue.origin !== "string") return `At least ${issue.minimum} needed.`;
  return Number(issue.minimum) <= 1 ? "This field is required." : `Use at least ${issue.minimum} characters.`;
}

function invalidFormat(format: string): string {
  if (format === "email") return "Enter a valid email address.";
  if (format === "uuid" || format === "guid") return "This is not a valid id.";
  if (format === "url") return "Enter a valid address.";
  return "This does not have the expected form.";
}

function named(expected: string): string {
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}
