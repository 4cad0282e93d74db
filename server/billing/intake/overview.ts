// How the intake is doing, in numbers that an operator is woken by.

import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";

export interface IntakeOverview {
  /** When the last event came in; null before the first. */
  lastEventAt: string | null;
  /** Waiting for their next try. */
  failed: number;
  /** Given up. */
  dead: number;
}

const COUNTED_MAX = 1_000;

/** Seconds since the last event was stored; 0 before the first. */
export async function lastEventAgeSeconds(): Promise<number> {
  const at = await lastEventAt();
  return at === null ? 0 : Math.max(0, Math.round((now().getTime() - at.getTime()) / 1_000));
}

/** Dispatches that were given up; the count ends at a thousand. */
export function countDead(): Promise<number> {
  return countOf("dead");
}

/** The numbers as the console shows them; counts end at a thousand. */
export async function readIntakeOverview(): Promise<IntakeOverview> {
  const [at, failed, dead] = await Promise.all([lastEventAt(), countOf("failed"), countOf("dead")]);
  return { lastEventAt: at?.toISOString() ?? null, failed, dead };
}

async function lastEventAt(): Promise<Date | null> {
  const orderBy = [{ receivedAt: "desc" as const }, { eventId: "desc" as const }];
  const row = await platformDb().stripeEvent.findFirst({ orderBy, select: { receivedAt: true } });
  return row?.receivedAt ?? null;
}

async function countOf(status: "failed" | "dead"): Promise<number> {
  const select = { eventId: true };
  const rows = await platformDb().stripeEventDispatch.findMany({
    where: { status },
    take: COUNTED_MAX,
    select,
  });
  return rows.length;
}
