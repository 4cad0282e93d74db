// Every procedure takes nothing that its contract does not name. Whom it is for is `scripts/check-guards.ts`'s business.

import { expect, test } from "vitest";
import type { z } from "zod";
import { appRouter } from "../server/router";

interface Procedure {
  _def: { inputs: z.core.$ZodType[] };
}

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>);

test("there are procedures", () => {
  expect(procedures.length).toBeGreaterThan(30);
});

test.each(procedures)("%s takes no field that its contract does not name", (_path, { _def: { inputs } }) => {
  for (const schema of inputs) expectStrict(schema);
});

interface Wrapping {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  options?: z.core.$ZodType[];
  catchall?: z.core.$ZodType;
}

function expectStrict(schema: z.core.$ZodType): void {
  const { type, innerType, in: source, options, catchall } = schema._zod.def as unknown as Wrapping;
  const inner = options ?? [innerType ?? source].filter((part) => part !== undefined);
  for (const part of inner) expectStrict(part);
  if (inner.length > 0) return;
  expect(type).toBe("object");
  expect(catchall?._zod.def.type).toBe("never");
}
