// Signed heads of the chains, sent where whoever can rewrite the whole database cannot: a chain alone does not show that
// it was written anew from its beginning, but it no longer leads to a head that was signed before. One line for each time.

import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { now } from "../platform/clock";
import { config } from "../platform/config";
import { isSignedWith, signText, type TextSignature } from "../platform/crypto";
import { db, platformDb } from "../platform/db";
import { queueMail } from "../platform/mailer";

/** What is signed: the hash of the last row of each chain, at that time. */
interface SealedHeads {
  at: string;
  heads: [chain: string, seq: string, hash: string][];
}

interface SealLine {
  /** The signed text itself, so that nobody has to agree on how JSON is written. */
  text: string;
  signature: TextSignature;
}

export interface SealReport {
  sealCount: number;
  headCount: number;
  /** Heads whose rows were cut off or left out, or whose chain went with its tenant. */
  absentCount: number;
  /** The first fault, or null. */
  fault: string | null;
}

export const SEAL_KEY_LABEL = "audit-heads";

// What this process has sent; another one, or a later one, sends a head again rather than never.
const sealed = new Map<string, string>();

/** Signs the heads that moved and sends them where AUDIT_SEALS_TO says. */
export async function sealHeads(): Promise<void> {
  const { auditSealsTo } = config();
  if (auditSealsTo === null) return;
  const all = await platformDb().auditHead.findMany({ orderBy: { chain: "asc" } });
  const heads = all
    .map(
      ({ chain, seq, hash }) =>
        [chain, String(seq), Buffer.from(hash).toString("hex")] as SealedHeads["heads"][0],
    )
    .filter(([chain, , hash]) => sealed.get(chain) !== hash);
  if (heads.length === 0) return;
  const line = sealLine({ at: now().toISOString(), heads });
  if (auditSealsTo.kind === "folder") await keepInFolder(auditSealsTo.path, line);
  else await mailTo(auditSealsTo.to, line);
  for (const [chain, , hash] of heads) sealed.set(chain, hash);
}

/**
 * Verifies lines of seals: each signature, and that each signed head is still a row of its chain. `hashAt` answers a
 * row's hash in hex, null where the row is rightly absent, undefined where it ought to be there.
 */
export async function verifySeals(
  lines: string,
  publicKeyOf: (keyId: string) => string,
  hashAt: (chain: string, seq: string) => Promise<string | null | undefined>,
): Promise<SealReport> {
  const report: SealReport = { sealCount: 0, headCount: 0, absentCount: 0, fault: null };
  for (const line of lines.split("\n").filter((text) => text.trim() !== "")) {
    const { text, signature } = JSON.parse(line) as SealLine;
    report.sealCount += 1;
    if (!isSignedWith(publicKeyOf(signature.keyId), text, signature.value)) {
      return { ...report, fault: `seal ${report.sealCount}: the signature does not hold` };
    }
    const { at, heads } = JSON.parse(text) as SealedHeads;
    for (const [chain, seq, hash] of heads) {
      const found = await hashAt(chain, seq);
      if (found === null) report.absentCount += 1;
      else if (found === hash) report.headCount += 1;
      else return { ...report, fault: `chain ${chain}, row ${seq}: is not the row that was signed at ${at}` };
    }
  }
  return report;
}

/** A row's hash as the database has it now, for `verifySeals`. */
export async function storedHashAt(chain: string, seq: string): Promise<string | null | undefined> {
  const row = await platformDb().auditLog.findUnique({ where: { chain_seq: { chain, seq: BigInt(seq) } } });
  if (row) return Buffer.from(row.hash).toString("hex");
  const head = await platformDb().auditHead.findUnique({ where: { chain } });
  if (!head) return null;
  const checkpoint = await platformDb().auditCheckpoint.findUnique({ where: { chain } });
  return checkpoint && checkpoint.seq >= BigInt(seq) ? null : undefined;
}

function sealLine(heads: SealedHeads): string {
  const text = JSON.stringify(heads);
  return JSON.stringify({ text, signature: signText(SEAL_KEY_LABEL, text) } satisfies SealLine);
}

async function keepInFolder(folder: string, line: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const day = now().toISOString().slice(0, 10);
  await appendFile(join(folder, `audit-seals-${day}.ndjson`), `${line}\n`);
}

// For an archive, not for reading: one line that the verifier takes as it is.
async function mailTo(to: string, line: string): Promise<void> {
  const subject = "Parley audit seal";
  const html = `<pre>${line.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</pre>`;
  await db().$transaction((tx) => queueMail(tx, { to, template: "audit_seal", subject, text: line, html }));
}
