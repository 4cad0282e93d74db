import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { certify } from "../server/lifecycle/certificate";
import { newId } from "../server/platform/ids";
import { runCommand } from "../tests/factories/commands";

test("certificate:verify tells a certificate that was issued here from one that was changed, and from other files", {
  timeout: 300_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "parley-certificate-"));
  const at = new Date("2026-01-01T00:00:00Z");
  const deletion = { tenantId: newId(), tenantName: "Lonely Peak", requestedBy: newId(), requestedAt: at };
  const issued = certify({ deletion, erasedAt: at, erased: { messages: 4 }, retained: [] });
  const files = { issued, changed: issued.replace('"messages": 4', '"messages": 3'), other: "{}", none: "" };
  const outcomes = await Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      await writeFile(join(folder, name), content);
      return (await runCommand("certificate-verify", [join(folder, name)])).code;
    }),
  );
  await rm(folder, { recursive: true });
  expect(outcomes).toEqual([0, 1, 1, 1]);
});
