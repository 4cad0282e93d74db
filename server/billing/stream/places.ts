// How many billing pages of a workspace are open, over all instances. Each holds one of the workspace's places, which it
// renews while it lives; a process that dies leaves places that run out by themselves.

import { platformPool } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { isOutage } from "../../platform/outage";
import { areAmong, type Sign, sign } from "../../platform/signs";
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
// A place that has run out may be somebody else's by now. Pages of any workspaces, hence the platform role.
const RENEW_ALL = {
  name: "billing_place_renew_all",
  text: `
  UPDATE billing_stream_places p SET expires_at = ${EXPIRES_AT}
    FROM unnest($1::uuid[], $2::uuid[]) AS k (tenant_id, id)
   WHERE p.tenant_id = k.tenant_id AND p.id = k.id AND p.expires_at > now()
  RETURNING p.id`,
};
const END = {
  name: "billing_place_end",
  text: "DELETE FROM billing_stream_places WHERE tenant_id = $1 AND id = $2",
};

export interface Place {
  /**
   * Says that the page is still open; call it, or look at the sign, more often than LEASE_SECONDS. Throws when the place
   * was lost.
   */
  renew(): Promise<void>;
  /** Renews the places of many pages at once. */
  sign: Sign;
  end(): Promise<void>;
}

/** Takes one of the workspace's places, each by one conditional statement. Throws `over_limit` when all are taken. */
export async function takePlace(scope: TenantScope): Promise<Place> {
  const { tenantId } = scope;
  const id = newId();
  for (let place = 1; place <= OPEN_PAGES_MAX; place += 1) {
    const taken = await queryTenant(scope, { ...TAKE, values: [tenantId, place, id] });
    if (taken.length > 0) return placeOf(scope, id);
  }
  throw tooManyPages();
}

function placeOf(scope: TenantScope, id: string): Place {
  return {
    sign: sign(renewAll, { tenantId: scope.tenantId, id }),
    renew: () => renewPlace(scope, id),
    end: () => endPlace(scope, id),
  };
}

async function renewAll(places: { tenantId: string; id: string }[]): Promise<boolean[]> {
  const ids = places.map(({ id }) => id);
  const { rows } = await platformPool().query<{ id: string }>({
    ...RENEW_ALL,
    values: [places.map(({ tenantId }) => tenantId), ids],
  });
  return areAmong(ids, rows);
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
