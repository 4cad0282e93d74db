import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { generateKeys } from "../server/machines/keys/signing-keys";
import { runCommand } from "../tests/factories/commands";
import { makeTenant } from "../tests/factories/tenants";

test("tokens are issued, listed and revoked by command, where that way is open", {
  timeout: 300_000,
}, async () => {
  const { slug } = await makeTenant();
  const wish = ["--tenant", slug, "--account", "demo-bot", "--scopes", "tools:read, conversations:read"];
  const closed = { SERVICE_ACCOUNT_ISSUANCE: "browser" };
  const because = ["--reason", "Nightly import"];
  const named = ["--tenant", slug, "--id", randomUUID()];
  const [refused, wordless, untold, issued] = await Promise.all([
    runCommand("tokens-issue", [...wish, ...because], closed),
    runCommand("tokens-issue", wish),
    runCommand("tokens-revoke", named),
    runCommand("tokens-issue", [...wish, ...because]),
  ]);
  expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("is not open here") });
  expect(wordless).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("reason") });
  expect(untold).toMatchObject({ code: 1, stderr: "reason: is missing\n" });
  expect(issued).toMatchObject({ code: 0, stderr: "" });
  const token = JSON.parse(issued.stdout);
  expect(token).toMatchObject({ tenant: slug, scopes: ["conversations:read", "tools:read"] });
  const listed = await runCommand("tokens-list", ["--tenant", slug, "--status", "active"]);
  expect(listed.stdout).toContain(token.fingerprint);
  expect(listed.stdout).not.toContain(token.refreshToken);
  const ending = ["--tenant", slug, "--id", token.tokenId, "--reason", "The import has moved"];
  const revoke = () => runCommand("tokens-revoke", ending);
  expect(await revoke()).toMatchObject({ code: 0, stdout: "Revoked.\n" });
  expect(await revoke()).toMatchObject({ code: 0, stdout: "It had ended already.\n" });
});

test("keys are made, printed as they are published, and rolled by command, in a hurry only when told", {
  timeout: 300_000,
}, async () => {
  await generateKeys();
  const [made, printed, early] = await Promise.all([
    runCommand("keys-generate"),
    runCommand("jwks-print"),
    runCommand("keys-rotate"),
  ]);
  expect(made).toMatchObject({ code: 0, stdout: "The keys are there already.\n" });
  const before = JSON.parse(printed.stdout).keys;
  expect(before).toHaveLength(2);
  expect(before[0]).not.toHaveProperty("d");
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining("less than one cache lifetime") });
  const { code, stdout } = await runCommand("keys-rotate", ["--emergency"]);
  expect(code).toBe(0);
  const [, active, ended] = /^Active: (\S+)\nEnded: (\S+)$/m.exec(stdout) ?? [];
  expect(before.map(({ kid }: { kid: string }) => kid).sort()).toEqual([active, ended].sort());
  const after = JSON.parse((await runCommand("jwks-print")).stdout).keys;
  expect(after.map(({ kid }: { kid: string }) => kid)).not.toContain(ended);
});
