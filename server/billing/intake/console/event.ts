// One event of Stripe's with all that became of it. What opens a door at Stripe (a client secret, the address of a checkout)
// is not shown: it would be a way in for whoever reads over the shoulder.

import { emailsOf } from "../../../auth/account/names";
import { platformDb } from "../../../platform/db";
import { notFound } from "../../../platform/errors";
import type { Prisma } from "../../../platform/prisma/client";
import type { NameStripeEvent } from "../../contract";
import type { DispatchStatus } from "../../terms";

export interface StripeDispatchItem {
  id: string;
  handler: string;
  status: DispatchStatus;
  attempts: number;
  nextAt: string | null;
  lastError: string | null;
  doneAt: string | null;
  /** The operator's address; null for a command, and for somebody who is no more. */
  replayedBy: string | null;
  replayedAt: string | null;
  /** The object that is fetched for it; null for money. */
  objectId: string | null;
}

export interface StripeEventDetail {
  eventId: string;
  type: string;
  apiVersion: string | null;
  isLive: boolean;
  objectId: string | null;
  customerId: string | null;
  tenant: { id: string; name: string } | null;
  createdAt: string;
  receivedAt: string;
  deliveryCount: number;
  source: string;
  /** JSON, indented. */
  payload: string;
  dispatches: StripeDispatchItem[];
}

const HIDDEN = "(hidden)";
const SECRET_KEY = /secret|token|^url$|_url$|^invoice_pdf$|^receipt_number$|fingerprint/;

/** An event by its id. Throws `not_found`. */
export async function getStripeEvent({ eventId }: NameStripeEvent): Promise<StripeEventDetail> {
  const row = await platformDb().stripeEvent.findUnique({
    where: { eventId },
    omit: { rawBody: true },
    include: { dispatches: { orderBy: { handler: "asc" } } },
  });
  if (row === null) throw notFound("Event");
  const { dispatches, payload, tenantId, createdAt, receivedAt, objectType: _, ...event } = row;
  const tenant =
    tenantId === null
      ? null
      : await platformDb().tenant.findUnique({ where: { id: tenantId }, select: { id: true, name: true } });
  return {
    ...event,
    tenant,
    createdAt: createdAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
    payload: JSON.stringify(payload, hideSecrets, 2),
    dispatches: await dispatchItems(dispatches),
  };
}

type DispatchRow = Prisma.StripeEventDispatchGetPayload<object>;

async function dispatchItems(rows: DispatchRow[]): Promise<StripeDispatchItem[]> {
  const [people, syncs] = await Promise.all([
    emailsOf(rows.map(({ replayedBy }) => replayedBy)),
    platformDb().stripeObjectSync.findMany({
      where: { objectId: { in: rows.flatMap(({ objectId }) => (objectId === null ? [] : [objectId])) } },
      select: { objectId: true, nextAt: true },
    }),
  ]);
  return rows.map(({ id, handler, status, attempts, lastError, objectId, ...row }) => {
    const isOpen = status === "pending" || status === "failed";
    const nextAt =
      row.wantedSeq === null ? row.nextAt : syncs.find((sync) => sync.objectId === objectId)?.nextAt;
    return {
      ...{ id, handler, status, attempts, lastError, objectId },
      nextAt: (isOpen && nextAt?.toISOString()) || null,
      doneAt: row.doneAt?.toISOString() ?? null,
      replayedBy: people.get(row.replayedBy ?? "") ?? null,
      replayedAt: row.replayedAt?.toISOString() ?? null,
    };
  });
}

function hideSecrets(key: string, value: unknown): unknown {
  return typeof value === "string" && SECRET_KEY.test(key) ? HIDDEN : value;
}
