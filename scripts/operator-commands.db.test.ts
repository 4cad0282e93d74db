import pg from "pg";
import { expect, test } from "vitest";
import { findAccount } from "../server/auth/users";
import { resetConfig } from "../server/platform/config";
import { db, platformDb } from "../server/platform/db";
import { callAs } from "../tests/factories/callers";
import { runCommand } from "../tests/factories/commands";
import { makeOperator } from "../tests/factories/operators";
import { GOOD_PASSWORD } from "../tests/factories/users";

test("admin:create makes a verified operator who can sign in, once, under the password policy", {
  timeout: 300_000,
}, async () => {
  const email = "root@corp.example";
  const weak = await runCommand("admin-create", [], { ADMIN_EMAIL: email, ADMIN_PASSWORD: "admin123" });
  expect(weak).toMatchObject({ code: 1, stdout: "" });
  expect(weak.stderr).toMatch(/ADMIN_PASSWORD: Use at least 14 characters/);
  const settings = { ADMIN_EMAIL: email, ADMIN_PASSWORD: GOOD_PASSWORD };
  expect(await runCommand("admin-create", ["--tenant", "Operations"], settings)).toMatchObject({ code: 0 });
  expect(await findAccount(email)).toMatchObject({ platformRole: "admin", status: "active" });
  expect(await callAs().api.auth.login({ email, password: GOOD_PASSWORD })).toEqual({
    status: "totp_setup_required",
  });
  const again = await runCommand("admin-create", [], settings);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/exists already/) });
  expect(again.stderr).not.toContain(GOOD_PASSWORD);
});

test("admin:demote takes a role with its reason, and never the last admin's", {
  timeout: 300_000,
}, async () => {
  const [leaving, last] = [await makeOperator("admin"), await makeOperator("admin")];
  await db().user.updateMany({
    where: { platformRole: "admin", id: { notIn: [leaving.user.id, last.user.id] } },
    data: { platformRole: "user" },
  });
  const demote = ({ user }: typeof last, ...more: string[]) =>
    runCommand("admin-demote", ["--email", user.email, ...more]);
  expect(await demote(leaving)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/reason: is missing/),
  });
  const why = ["--reason", "Left the company"];
  expect(await demote(leaving, "--role", "support", ...why)).toMatchObject({ code: 0 });
  expect(await findAccount(leaving.user.email)).toMatchObject({ platformRole: "support" });
  await expect(callAs({ cookie: leaving.cookie }).api.auth.me()).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
  expect(await demote(last, ...why)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/at least one admin/),
  });
  const rows = await platformDb().auditLog.findMany({
    where: { action: "user.set_role", targetId: leaving.user.id },
  });
  expect(rows.map(({ metadata }) => metadata)).toMatchObject([{ reason: "Left the company", to: "support" }]);
});

test("invite:create prints a link that lets one address register where invites are needed", {
  timeout: 300_000,
}, async () => {
  const { code, stdout } = await runCommand("invite-create", ["--email", "Guest@Guild.example"]);
  expect(code).toBe(0);
  const inviteToken = /\/register\?invite=([\w-]{43})\n/.exec(stdout)?.[1] ?? "";
  process.env["SIGNUP_ACCESS_POLICY"] = "invite_only";
  resetConfig();
  const form = { email: "guest@guild.example", password: GOOD_PASSWORD, name: "Guest", inviteToken };
  await callAs().api.auth.register(form);
  expect(await findAccount("guest@guild.example")).not.toBeNull();
  expect(await runCommand("invite-create", ["--days", "900"])).toMatchObject({ code: 1 });
});

test("sample-data loads people who can sign in, once, and nobody in production", {
  timeout: 300_000,
}, async () => {
  const production = await runCommand("sample-data", [], { NODE_ENV: "production" });
  expect(production).toMatchObject({ code: 1, stdout: "" });
  const { code, stdout } = await runCommand("sample-data");
  expect(code).toBe(0);
  const [, email = "", password = ""] = /^(olivia@\S+) +(\S+)/m.exec(stdout) ?? [];
  expect(await callAs().api.auth.login({ email, password })).toEqual({ status: "ok" });
  expect(await runCommand("sample-data")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is there already/),
  });
});

test("audit:verify says that the chains hold, and fails when one does not", {
  timeout: 300_000,
}, async () => {
  await callAs()
    .api.auth.login({ email: "nobody@x.example", password: "wrong" })
    .catch(() => undefined);
  expect(await runCommand("audit-verify")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/chains hold/),
  });
  const superuser = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await superuser.connect();
  await superuser.query("ALTER TABLE audit_logs DISABLE TRIGGER ALL");
  await superuser.query(
    `UPDATE audit_logs SET metadata = '{"forged": true}' WHERE seq = 1 AND chain = 'platform'`,
  );
  await superuser.end();
  expect(await runCommand("audit-verify")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/chain platform, row 1: content does not match its hash/),
  });
});
