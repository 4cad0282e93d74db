// What is held for calls under way, oldest first, with those that no sweep ended. A call is told by its model and its sums,
// never by what was said in it.

import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import type { ListHolds } from "../contract";
import { HOLD_STUCK_MINUTES, HOLDS_PAGE_SIZE } from "../terms";

export interface OpenHold {
  id: string;
  tenantId: string;
  tenantName: string;
  state: string;
  payer: string;
  purpose: string;
  model: string;
  amountNano: string;
  createdAt: string;
  expiresAt: string;
  isStuck: boolean;
}

const MINUTE_MS = 60_000;
const IS_OPEN = { state: { in: ["reserved" as const, "dispatched" as const] } };

/** A page of open holds, of one workspace or of all. */
export async function listOpenHolds({ tenantId, page }: ListHolds) {
  const where = { ...IS_OPEN, ...(tenantId && { tenantId }) };
  const stuckBefore = now().getTime() - HOLD_STUCK_MINUTES * MINUTE_MS;
  const [rows, total] = await platformDb().$transaction([
    platformDb().hold.findMany({
      where,
      orderBy: [{ expiresAt: "asc" }, { id: "asc" }],
      skip: (page - 1) * HOLDS_PAGE_SIZE,
      take: HOLDS_PAGE_SIZE,
      include: { tenant: { select: { name: true } } },
    }),
    platformDb().hold.count({ where }),
  ]);
  const items = rows.map(
    ({ id, state, payer, purpose, model, amountNano, createdAt, expiresAt, ...row }): OpenHold => ({
      ...{ id, state, payer, purpose, model },
      tenantId: row.tenantId,
      tenantName: row.tenant.name,
      amountNano: amountNano.toString(),
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      isStuck: expiresAt.getTime() < stuckBefore,
    }),
  );
  return { items, total, page, pages: Math.ceil(total / HOLDS_PAGE_SIZE) };
}
