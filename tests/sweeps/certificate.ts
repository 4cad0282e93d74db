// The isolation certificate, part by part: each sweep notes its count when all of its tests have passed, and the end of the
// run puts the parts together. A run that swept less, or failed, leaves the last whole certificate as it was.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CERTIFICATE_FILE, Certificate } from "../../server/admin/isolation";

const PARTS = ["tables", "procedures", "routes", "randomCalls"] as const;
export type Part = (typeof PARTS)[number];

const FOLDER = CERTIFICATE_FILE.replace(/\.json$/, "");

/** Forgets the parts of earlier runs. */
export function beginCertificate(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}

export function notePart(part: Part, count: number): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${part}.json`), JSON.stringify(count));
}

/** Writes the certificate when every part of it was proved in this run. */
export function issueCertificate(): void {
  const counts = PARTS.map((part) => [part, readPart(part)] as const);
  beginCertificate();
  if (counts.some(([, count]) => count === null)) return;
  const facts = { ...Object.fromEntries(counts), at: new Date().toISOString(), commit: commit() };
  const text = `${JSON.stringify(Certificate.parse(facts), null, 2)}\n`;
  mkdirSync(dirname(CERTIFICATE_FILE), { recursive: true });
  writeFileSync(`${CERTIFICATE_FILE}.part`, text);
  renameSync(`${CERTIFICATE_FILE}.part`, CERTIFICATE_FILE);
}

function readPart(part: Part): number | null {
  try {
    return Number(readFileSync(join(FOLDER, `${part}.json`), "utf8"));
  } catch {
    return null;
  }
}

function commit(): string | null {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}
