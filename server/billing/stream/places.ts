// How many billing pages of a workspace are open, over all instances. Each holds one of the workspace's places, which it
// renews while it lives; a process that dies leaves places that run out by themselves.

import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { isOutage } from "../../platform/outage";
import { queryTenant, type TenantScope } from "../../platform/tenant-db";
import { OPEN_PAGES_MAX } from "../terms";

const LEASE_SECONDS = 15;
const EXPIRES_AT = `now() + ${LEASE_SECONDS} * interval '1 second'`;

const TAKE = {
  name: "billing_place_take",
  text: `INSERT INTO billing_stream_places (tenant_id, place, id, expires_at) VALUES ($1, $2, $3, ${EXPIRES_AT})
    ON CONFLICT (tenant_id, place) DO UPDATE SET id = excluded.id, expires_at = excluded.expires_at
     WHERE billing_stream_places.expires_at <= now() RETURNING place`,
};
const RENEW = {
  name: "billing_place_renew",
  text: `UPDATE billing_stream_places SET expires_at = ${EXPIRES_AT} WHERE tenant_id = $1 AND id = $2 RETURNING place`,
};
const END = {
  name: "billing_place_end",
  text: "DELETE FROM billing_stream_places WHERE tenant_id = $1 AND id = $2",
};

export interface Place {
  /** Says that the page is still open; call it more often than LEASE_SECONDS. Throws when the place was lost. */
  renew(): Promise<void>;
  end(): Promise<void>;
}

/** Takes one of the workspace's places, each by one conditional statement. Throws `over_limit` when all are taken. */
export async function takePlace(scope: TenantScope): Promise<Place> {
  const { tenantId } = scope;
  const id = newId();
  for (let place = 1; place <= OPEN_PAGES_MAX; place += 1) {
    const taken = await queryTenant(scope, { ...TAKE, values: [tenantId, place, id] });
    if (taken.length > 0) return { renew: () => renewPlace(scope, id), end: () => endPlace(scope, id) };
  }
  throw tooManyPages();
}

async function renewPlace(scope: TenantScope, id: string): Promise<void> {
  const kept = await queryTenant(scope, { ...RENEW, values: [scope.tenantId, id] });
  if (kept.length === 0) throw tooManyPages();
}

// While the database is away the place runs out by itself; the stream's own ending must not fail for it.
async function endPlace(scope: TenantScope, id: string): Promise<void> {
  try {
    await queryTenant(scope, { ...END, values: [scope.tenantId, id] });
  } catch (error) {
    if (!isOutage(error)) throw error;
  }
}

function tooManyPages(): AppError {
  const message = `${OPEN_PAGES_MAX} billing pages of this workspace are live already. Close one to follow here.`;
  return new AppError("over_limit", message, {
    reason: "too_many_streams",
    retryAfterSeconds: LEASE_SECONDS,
  });
}
