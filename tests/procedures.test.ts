// Every procedure stands on a rung of the ladder, takes nothing that its contract does not name, and is public only on
// purpose.

import { expect, test } from "vitest";
import type { z } from "zod";
import type { ProcedureMeta } from "../server/procedures";
import { appRouter } from "../server/router";

const PUBLIC = [
  "account.cancelDeletion",
  "auth.captcha",
  "auth.forgotPassword",
  "auth.login",
  "auth.logout",
  "auth.recoveryLogin",
  "auth.register",
  "auth.resetPassword",
  "email.cancelChange",
  "email.confirmChange",
  "email.resend",
  "email.verify",
  "mfa.challenge",
  "mfa.enableComplete",
  "mfa.enableInit",
  "mfa.setup",
  "mfa.verify",
  "signup.policy",
  "signup.requestAccess",
];

interface Procedure {
  _def: { type: string; meta?: ProcedureMeta; inputs: z.core.$ZodType[] };
}

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>);

test("there are procedures", () => {
  expect(procedures.length).toBeGreaterThan(30);
});

test.each(procedures)("%s says whom it is for", (path, { _def: { meta } }) => {
  expect(["public", "user", "verified", "member", "operator"]).toContain(meta?.guard);
  expect(meta?.guard === "public").toBe(PUBLIC.includes(path));
  expect(meta?.permission !== undefined).toBe(meta?.guard === "member" || meta?.guard === "operator");
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
