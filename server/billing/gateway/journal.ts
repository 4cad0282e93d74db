// Calls to Stripe that change something, written down before they are made. A row's id is the call's idempotency key, and
// one intent has one row: who repeats an intent, after a crash or at the same time, repeats the same call. Rows are
// written by the platform role, outside any transaction of the work that the call is part of. What somebody asked for is
// audited with the row, before anything is sent, and its outcome with the outcome: no crash in between can hide either.

import { createHash } from "node:crypto";
import { type AuditEntry, recordAudit } from "../../audit/log";
import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { Prisma, type StripeCall } from "../../platform/prisma/client";
import type { Refusal } from "./failures";
import type { Operation } from "./operations";

export interface Intent {
  operation: Operation;
  /** What the caller means by this call; with the operation it names the call. */
  intent: string;
  /** Null for what is asked for no workspace. */
  tenantId: string | null;
  /** What is sent; only its hash is kept. */
  body: object;
  /** Who asks for what: audited as asked for when the call is written down, and as what it is when Stripe has answered. */
  audit?: AuditEntry;
}

const TEXT_OTHER_BODY = "This was begun with other details. Please start again.";

/** The call of this intent, the one that is there or a new one. Throws `conflict` for another body under the same intent. */
export async function openCall({ operation, intent, tenantId, body, audit }: Intent): Promise<StripeCall> {
  const requestHash = hashOf(body);
  const [where, createdAt] = [{ operation_intent: { operation, intent } }, now()];
  const prepared = {
    id: newId(),
    tenantId,
    operation,
    intent,
    requestHash,
    status: "prepared",
    createdAt,
  } as const;
  await platformDb().$transaction(async (tx) => {
    const { count } = await tx.stripeCall.createMany({ data: [prepared], skipDuplicates: true });
    if (count > 0 && audit) await recordAudit(tx, { ...audit, action: `${audit.action}_asked` });
  });
  const call = await platformDb().stripeCall.findUniqueOrThrow({ where });
  if (Buffer.from(call.requestHash).equals(requestHash)) return call;
  // What was refused for certain, or never sent, binds nobody to its words.
  if (call.status !== "failed" && call.status !== "prepared") throw new AppError("conflict", TEXT_OTHER_BODY);
  return replaceCall(call, { operation, intent, tenantId, body });
}

/** A new call, with a new key, for an intent whose call is given up; the old one stays in the journal under its own name. */
export async function replaceCall(call: StripeCall, intent: Intent): Promise<StripeCall> {
  await platformDb().stripeCall.updateMany({
    where: { id: call.id, intent: call.intent },
    data: { intent: `${call.intent}#${call.id}`, status: "failed" },
  });
  return openCall(intent);
}

/** Before bytes go out. What was answered once stays so, however often it is asked again. */
export async function markSent({ id }: StripeCall): Promise<void> {
  await platformDb().$executeRaw`
    UPDATE stripe_calls
       SET status = CASE WHEN status = 'ok' THEN status ELSE 'sent'::stripe_call_status END,
           sent_at = COALESCE(sent_at, ${now()}), attempts = attempts + 1
     WHERE id = ${id}::uuid`;
}

type CallEnd = { status: "ok"; stripeId: string } | { status: "failed" | "unknown"; refusal: Refusal | null };

/** Notes how it ended, with the audited outcome; what was answered once stays so. */
export async function endCall({ id }: StripeCall, end: CallEnd, audit?: AuditEntry): Promise<void> {
  const outcome =
    end.status === "ok"
      ? { stripeId: end.stripeId, error: Prisma.DbNull }
      : { error: end.refusal ? { ...end.refusal } : Prisma.DbNull };
  await platformDb().$transaction(async (tx) => {
    const { count } = await tx.stripeCall.updateMany({
      where: { id, status: { not: "ok" } },
      data: { status: end.status, endedAt: now(), ...outcome },
    });
    if (count === 0 || !audit || end.status === "unknown") return;
    await recordAudit(tx, { ...audit, result: end.status === "ok" ? "success" : "failure" });
  });
}

function hashOf(body: object): Buffer<ArrayBuffer> {
  return createHash("sha256").update(JSON.stringify(body, inOrder)).digest();
}

// The same body is the same whatever order its fields were written in.
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
