import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mailsTo } from "../../tests/factories/mails";
import { resetConfig } from "../platform/config";
import { currentKeyId, publicSigningKey } from "../platform/crypto";
import { db, platformDb } from "../platform/db";
import { recordAudit } from "./log";
import { SEAL_KEY_LABEL, sealHeads, storedHashAt, verifySeals } from "./seals";

let folder: string;

const sendTo = (place: string) => {
  process.env["AUDIT_SEALS_TO"] = place;
  resetConfig();
};
const publicKey = (keyId: string) => publicSigningKey(SEAL_KEY_LABEL, keyId);
const sealsIn = async (path: string) => {
  const files = await readdir(path);
  return (await Promise.all(files.map((name) => readFile(join(path, name), "utf8")))).join("");
};
const act = () =>
  db().$transaction((tx) =>
    recordAudit(tx, {
      tenantId: null,
      actor: { type: "system", id: null },
      action: "test.act",
      category: "admin",
    }),
  );

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seals-"));
  await act();
});
afterEach(() => {
  delete process.env["AUDIT_SEALS_TO"];
  resetConfig();
});

test("heads that moved are signed into a line of their own, and a chain that rests is not signed again", async () => {
  sendTo(`file:${folder}`);
  await sealHeads();
  await sealHeads();
  await act();
  await sealHeads();
  const report = await verifySeals(await sealsIn(folder), publicKey, storedHashAt);
  expect(report).toEqual({ sealCount: 2, headCount: 2, absentCount: 0, fault: null });
});

test("a changed line, and a line signed with another key, show", async () => {
  sendTo(`file:${folder}`);
  await sealHeads();
  const line = await sealsIn(folder);
  const changed = line.replace("platform", "plotform");
  expect(changed).not.toBe(line);
  expect((await verifySeals(changed, publicKey, storedHashAt)).fault).toMatch(/signature does not hold/);
  const stranger = () => publicSigningKey("something-else", currentKeyId("appSecrets"));
  expect((await verifySeals(line, stranger, storedHashAt)).fault).toMatch(/signature does not hold/);
});

test("a head goes to an archive by mail as a line that verifies", async () => {
  sendTo("mailto:archive@corp.example");
  await sealHeads();
  const [mail] = await mailsTo("archive@corp.example");
  expect(await verifySeals(mail?.text ?? "", publicKey, storedHashAt)).toMatchObject({
    sealCount: 1,
    fault: null,
  });
});

test("a chain that was written anew does not lead to the head that was signed", async () => {
  sendTo(`file:${folder}`);
  await sealHeads();
  const { seq } = await platformDb().auditHead.findUniqueOrThrow({ where: { chain: "platform" } });
  const superuser = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await superuser.connect();
  await superuser.query("ALTER TABLE audit_logs DISABLE TRIGGER ALL");
  await superuser.query(
    "UPDATE audit_logs SET hash = sha256('forged') WHERE chain = 'platform' AND seq = $1",
    [seq],
  );
  const forged = await verifySeals(await sealsIn(folder), publicKey, storedHashAt);
  expect(forged.fault).toMatch(`chain platform, row ${seq}: is not the row that was signed`);
  await superuser.query("DELETE FROM audit_logs WHERE chain = 'platform' AND seq = $1", [seq]);
  await superuser.end();
  expect((await verifySeals(await sealsIn(folder), publicKey, storedHashAt)).fault).toMatch("is not the row");
});
