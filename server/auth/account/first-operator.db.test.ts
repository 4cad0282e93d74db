import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { resetConfig } from "../../platform/config";
import { db } from "../../platform/db";
import { ensureFirstOperator } from "./first-operator";

const password = `${randomBytes(15).toString("base64url")}-aA1`;

function setOperator(email?: string, secret?: string): void {
  process.env["ADMIN_EMAIL"] = email ?? "";
  process.env["ADMIN_PASSWORD"] = secret ?? "";
  resetConfig();
}

beforeEach(async () => {
  await db().user.deleteMany({ where: { platformRole: "admin" } });
});
afterEach(() => setOperator());

test("instances that start together make one operator, who must set up a second factor first", async () => {
  const email = "first@operators.example";
  setOperator(email, password);
  const made = await Promise.all(Array.from({ length: 8 }, () => ensureFirstOperator()));
  expect(made.filter((address) => address === email)).toHaveLength(1);
  const user = await db().user.findUniqueOrThrow({ where: { email } });
  expect(user).toMatchObject({ platformRole: "admin", status: "active" });
  expect(user.emailVerifiedAt).not.toBeNull();
  expect(await callAs().api.auth.login({ email, password })).toEqual({ status: "totp_setup_required" });
  setOperator("second@operators.example", password);
  expect(await ensureFirstOperator()).toBeNull();
});

test("without the settings there is no operator, and unfit ones are named", async () => {
  setOperator();
  expect(await ensureFirstOperator()).toBeNull();
  setOperator("weak@operators.example", "short");
  await expect(ensureFirstOperator()).rejects.toThrow(/ADMIN_PASSWORD: Use at least 14/);
  setOperator("nonsense", password);
  await expect(ensureFirstOperator()).rejects.toThrow(/ADMIN_EMAIL: is not/);
  setOperator("only@operators.example");
  await expect(ensureFirstOperator()).rejects.toThrow(/ADMIN_PASSWORD: is missing/);
});
