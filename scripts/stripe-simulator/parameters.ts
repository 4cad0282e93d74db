// The contract of request bodies: one strict schema per endpoint, its names and values checked against the SDK's own
// parameter types when Parley is compiled, and against what was really sent at run time.
import { z } from "zod";
import { invalid, StripeFailure } from "./failure";
import type { FormObject } from "./form";

const TEXT_LENGTH_MAX = 5_000;
const LIST_LIMIT_MAX = 100;
const METADATA = { keys: 50, keyLength: 40, valueLength: 500 };

type Shape<Params> = { [Name in keyof Params]?: z.ZodType<Params[Name]> };
type NothingElse<Given, Params> = { [Name in Exclude<keyof Given, keyof Params>]: never };

/** A strict object of parameters that the SDK's type `Params` knows, with values that it allows. */
export function paramsOf<Params>() {
  return <Given extends Shape<Params> & z.ZodRawShape>(shape: Given & NothingElse<Given, Params>) =>
    z.strictObject<Given>(shape);
}

/** The literal members of an SDK enum, which is open to any other text. */
export type Known<Value> = Value extends string ? (string extends Value ? never : Value) : never;

/** One of these values, all of which the SDK's enum knows. */
export function oneOf<Value>() {
  return <Given extends Known<NonNullable<Value>>>(...values: [Given, ...Given[]]) =>
    z.enum(values).exactOptional();
}

export const text = z.string().max(TEXT_LENGTH_MAX);
export const url = z.url({ protocol: /^https?$/ });
export const int = z
  .string()
  .regex(/^-?\d{1,15}$/, "Invalid integer")
  .transform(Number);
export const count = int.refine((value) => value >= 0, "This value must be greater than or equal to 0.");
export const bool = z.enum(["true", "false"]).transform((value) => value === "true");
/** An empty text unsets. */
export const orEmpty = <Schema extends z.ZodType>(schema: Schema) => z.union([z.literal(""), schema]);

const metadataRecord = z
  .record(z.string().max(METADATA.keyLength), z.string().max(METADATA.valueLength))
  .refine((record) => Object.keys(record).length <= METADATA.keys, "Too many metadata keys");
export const metadata = metadataRecord.exactOptional();
/** Where Stripe lets an empty text clear all of it. */
export const clearableMetadata = orEmpty(metadataRecord).exactOptional();

export const expand = z.array(z.string().max(200)).max(20).exactOptional();
/** What is asked of an object that is only looked at. */
export const nothing = z.strictObject({ expand });
const id = z.string().max(255).exactOptional();
export const page = {
  limit: int
    .refine((value) => value >= 1 && value <= LIST_LIMIT_MAX, "Invalid integer: limit is between 1 and 100")
    .exactOptional(),
  starting_after: id,
  ending_before: id,
  expand,
};
export const range = z
  .union([
    int,
    z.strictObject({
      gt: int.exactOptional(),
      gte: int.exactOptional(),
      lt: int.exactOptional(),
      lte: int.exactOptional(),
    }),
  ])
  .exactOptional();

/** The parsed parameters; throws Stripe's error of the first thing that is wrong. */
export function parse<Schema extends z.ZodType>(schema: Schema, sent: FormObject): z.output<Schema> {
  const parsed = schema.safeParse(sent);
  if (parsed.success) return parsed.data;
  const failure = failureOf(deepest(parsed.error.issues));
  throw new StripeFailure(failure.status, failure.fields, true);
}

/** A union fails with all its ways; the one that got furthest is what was meant. */
function deepest(issues: z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [issue] = issues;
  if (!issue) throw new Error("A refusal without an issue.");
  if (issue.code !== "invalid_union") return issue;
  const ways = issue.errors.filter((way) => way.length > 0).map(deepest);
  const [best] = ways.sort((left, right) => rankOf(right) - rankOf(left));
  return best ? { ...best, path: [...issue.path, ...best.path] } : issue;
}

/** Not even the right kind of value says least. */
function rankOf(issue: z.core.$ZodIssue): number {
  return issue.code === "invalid_type" ? 0 : issue.code === "invalid_value" && issue.values[0] === "" ? 1 : 2;
}

function failureOf(issue: z.core.$ZodIssue): StripeFailure {
  const param = bracketed(issue.path);
  if (issue.code === "unrecognized_keys") {
    const unknown = bracketed([...issue.path, issue.keys[0] ?? ""]);
    return invalid(`Received unknown parameter: ${unknown}`, { code: "parameter_unknown", param: unknown });
  }
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map(String).join(", ");
    return invalid(`Invalid ${param}: must be one of ${allowed}`, { param });
  }
  if (issue.code === "invalid_type" && issue.input === undefined && !issue.message.includes("received"))
    return invalid(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  if (issue.code === "invalid_type")
    return issue.message.endsWith("undefined")
      ? invalid(`Missing required param: ${param}.`, { code: "parameter_missing", param })
      : invalid(`Invalid ${param}: ${issue.message}`, { param });
  if (issue.code === "invalid_format" && issue.message === "Invalid integer")
    return invalid(`Invalid integer: ${param}`, { code: "parameter_invalid_integer", param });
  return invalid(`Invalid ${param}: ${issue.message}`, { param });
}

function bracketed(path: PropertyKey[]): string {
  const [head = "", ...rest] = path.map(String);
  return head + rest.map((part) => `[${part}]`).join("");
}
