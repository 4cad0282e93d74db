// How the intake is doing, in numbers that an operator is woken by.

import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";

/** Seconds since the last event was stored; 0 before the first. */
export async function lastEventAgeSeconds(): Promise<number> {
  const orderBy = [{ receivedAt: "desc" as const }, { eventId: "desc" as const }];
  const row = await platformDb().stripeEvent.findFirst({ orderBy, select: { receivedAt: true } });
  return row === null ? 0 : Math.max(0, Math.round((now().getTime() - row.receivedAt.getTime()) / 1_000));
}
