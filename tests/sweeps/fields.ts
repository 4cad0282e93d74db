// The fields of every procedure's input as its contract declares them, the optional and the nested ones too, each with
// the kinds of JSON it may hold.

import type { z } from "zod";
import { appRouter } from "../../server/router";

export type Kind = "null" | "string" | "number" | "boolean" | "array" | "object";

/** A name, or the first place of a list. */
type Step = string | 0;

export interface Field {
  path: Step[];
  accepts: ReadonlySet<Kind>;
}

const declared = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { inputs: z.core.$ZodType[] } }
>;

/** The procedures whose contract takes an input. */
export const TAKING: readonly string[] = Object.keys(declared).filter(
  (path) => (declared[path]?._def.inputs.length ?? 0) > 0,
);

/** The fields of a procedure's input, a field before those within it. */
export function fieldsOf(procedure: string): Field[] {
  return declared[procedure]?._def.inputs.flatMap((schema) => fieldsWithin(schema, [])) ?? [];
}

/** What JSON calls a value. */
export function kindOf(value: unknown): Kind {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : (typeof value as Kind);
}

/** The input with one of its fields replaced; what leads there is made when it is missing. */
export function withField(input: unknown, [step, ...rest]: Step[], value: unknown): unknown {
  if (step === undefined) return value;
  if (step === 0) return [withField(undefined, rest, value)];
  const fields = kindOf(input ?? null) === "object" ? (input as Record<string, unknown>) : {};
  return { ...fields, [step]: withField(fields[step], rest, value) };
}

interface Definition {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  out?: z.core.$ZodType;
  options?: z.core.$ZodType[];
  shape?: Record<string, z.core.$ZodType>;
  element?: z.core.$ZodType;
  keyType?: z.core.$ZodType;
  valueType?: z.core.$ZodType;
  entries?: Record<string, string>;
  values?: unknown[];
}

const definitionOf = (schema: z.core.$ZodType) => schema._zod.def as unknown as Definition;

function fieldsWithin(schema: z.core.$ZodType, path: Step[]): Field[] {
  return partsOf(schema).flatMap(([step, part]) => {
    const at = [...path, step];
    return [{ path: at, accepts: new Set(kindsOf(part)) }, ...fieldsWithin(part, at)];
  });
}

function partsOf(schema: z.core.$ZodType): [Step, z.core.$ZodType][] {
  const definition = definitionOf(schema);
  const { shape, element, keyType, valueType } = definition;
  if (shape) return Object.entries(shape);
  if (element) return [[0, element]];
  if (keyType && valueType)
    return [[Object.values(definitionOf(keyType).entries ?? {})[0] ?? "key", valueType]];
  return wrapped(definition).flatMap(partsOf);
}

function kindsOf(schema: z.core.$ZodType): Kind[] {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "string":
    case "enum":
      return ["string"];
    case "literal":
      return definition.values?.map(kindOf) ?? [];
    case "number":
    case "boolean":
    case "array":
    case "object":
      return [definition.type];
    case "record":
      return ["object"];
    case "nullable":
      return ["null", ...wrapped(definition).flatMap(kindsOf)];
    default:
      return wrapped(definition).flatMap(kindsOf);
  }
}

/** What a schema is made around. A kind of schema that is not known here fails the sweep, so that no field is left out. */
function wrapped(definition: Definition): z.core.$ZodType[] {
  const { type, innerType, options, in: source, out } = definition;
  if (options) return options;
  if (innerType) return [innerType];
  if (!source || !out) {
    if (["string", "enum", "literal", "number", "boolean"].includes(type)) return [];
    throw new Error(`the sweep does not know how to read a schema of the type ${type}`);
  }
  // What is put in shape before it is read is described by what comes out of that.
  return [definitionOf(source).type === "transform" ? out : source];
}
