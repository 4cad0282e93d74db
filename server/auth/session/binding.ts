// What happens to a session that is used from another place than it was opened in, by the policy SESSION_BINDING. Each
// case is decided by one conditional statement, so that it is audited once, however many requests come at the same time.
//
//   signal                        strict   step_up (default)                                  off
//   another browser family        end      end                                                -
//   another network prefix        end      the password is asked for before what is sensitive  -
//   inside the network prefix     -        -                                                  -
//
// A prefix that a session was used from before is not news: phones and two-stack networks change back and forth. The
// list is safe to keep, since asking for the password again replaces the session, and with it what a thief may hold.

import { recordAudit } from "../../audit/log";
import { now } from "../../platform/clock";
import { config } from "../../platform/config";
import { db } from "../../platform/db";
import type { RequestInfo } from "../../request";
import { browserFamily, prefixHash } from "./device";
import type { SessionRow } from "./rows";

const PREFIXES_MAX = 20;
const NEVER = new Date(0);

/** Whether a session may be used from where this request comes from; ends it otherwise. */
export async function keepsBinding(row: SessionRow, request: RequestInfo): Promise<boolean> {
  const policy = config().sessionBinding;
  if (policy === "off") return true;
  if (isAnotherBrowser(row, request)) return end(row, request, "binding_browser");
  const hash = prefixHash(request.ip);
  if (row.known_prefix_hashes.includes(hash)) return true;
  // Sessions from before prefixes were kept are bound to the first one seen.
  if (row.known_prefix_hashes.length > 0 && policy === "strict") return end(row, request, "binding_network");
  await noteMove(row, hash, request);
  return true;
}

// The text is compared before it is parsed: nearly always it is the same. A browser that could not be named is bound to
// nothing.
function isAnotherBrowser(row: SessionRow, { userAgent }: RequestInfo): boolean {
  if (row.browser === null || row.user_agent === userAgent) return false;
  return browserFamily(userAgent) !== row.browser;
}

async function end(
  row: SessionRow,
  request: RequestInfo,
  reason: "binding_browser" | "binding_network",
): Promise<false> {
  await db().$transaction(async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { id: row.id, revokedAt: null },
      data: { revokedAt: now(), revokedReason: reason },
    });
    if (count === 1) await audit(tx, row, { request, action: "session.binding_ended", reason });
  });
  return false;
}

const NOTE_MOVE = `
  UPDATE sessions SET known_prefix_hashes = (known_prefix_hashes || $2::text)[greatest(1, cardinality(known_prefix_hashes) + 2 - ${PREFIXES_MAX}):],
         authenticated_at = $3, step_up_at = NULL
   WHERE id = $1 AND revoked_at IS NULL AND NOT ($2::text = ANY (known_prefix_hashes))`;

// The mark of a recent authentication goes: what is sensitive asks for the password again.
async function noteMove(row: SessionRow, hash: string, request: RequestInfo): Promise<void> {
  await db().$transaction(async (tx) => {
    const count = await tx.$executeRawUnsafe(NOTE_MOVE, row.id, hash, NEVER);
    if (count === 1) await audit(tx, row, { request, action: "session.binding_moved", reason: "network" });
  });
  row.known_prefix_hashes = [...row.known_prefix_hashes, hash];
  row.authenticated_at = NEVER;
  row.step_up_at = null;
}

async function audit(
  tx: Parameters<typeof recordAudit>[0],
  row: SessionRow,
  { request, action, reason }: { request: RequestInfo; action: string; reason: string },
): Promise<void> {
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "user", id: row.user_id },
    action,
    category: "auth",
    target: { type: "session", id: row.id },
    result: action === "session.binding_ended" ? "failure" : "success",
    metadata: { reason, policy: config().sessionBinding },
    request,
  });
}
