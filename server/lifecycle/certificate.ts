// The certificate of an erased workspace: what was erased, table by table, what is kept and why, signed with Ed25519
// under a key that is derived from the application secret. What is signed is the JSON text of `certificate` without
// spaces, so that anybody can check it with the public key beside it, and Parley can tell that the key is its own.

import { z } from "zod";
import { signText, verifyText } from "../platform/crypto";
import type { TenantDeletion } from "../platform/prisma/client";

const LABEL = "deletion-certificate";

export interface CertifiedDeletion {
  deletion: Pick<TenantDeletion, "tenantId" | "tenantName" | "requestedBy" | "requestedAt">;
  erasedAt: Date;
  /** Rows by table. */
  erased: Record<string, number>;
  retained: { table: string; rows: number; why: string }[];
}

/** The certificate's file. */
export function certify({ deletion, erasedAt, erased, retained }: CertifiedDeletion): string {
  const certificate = {
    format: "parley.tenant-deletion",
    version: 1,
    tenant: { id: deletion.tenantId, name: deletion.tenantName },
    requestedBy: deletion.requestedBy,
    requestedAt: deletion.requestedAt.toISOString(),
    erasedAt: erasedAt.toISOString(),
    erased: Object.fromEntries(Object.entries(erased).sort(([left], [right]) => (left < right ? -1 : 1))),
    erasedRows: Object.values(erased).reduce((sum, rows) => sum + rows, 0),
    rowsLeft: 0,
    retained,
  };
  const signature = signText(LABEL, JSON.stringify(certificate));
  return `${JSON.stringify({ certificate, signature }, null, 2)}\n`;
}

const SignedFile = z.object({
  certificate: z.unknown(),
  signature: z.object({
    algorithm: z.literal("Ed25519"),
    keyId: z.string(),
    publicKey: z.string(),
    value: z.string(),
  }),
});

/** Whether a file is a certificate of this installation, as it was issued. */
export function isCertificate(text: string): boolean {
  const file = SignedFile.safeParse(jsonOf(text));
  return file.success && verifyText(LABEL, JSON.stringify(file.data.certificate), file.data.signature);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
