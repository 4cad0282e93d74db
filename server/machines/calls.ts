// The trace of what machines do. A call is written down before it runs, in the log of its tenant or of the platform: each
// one that changes something or is refused, and of those that only read the first of each kind with each access token,
// since a machine reads thousands of times in the quarter of an hour that a token lives.

import { recordAudit } from "../audit/log";
import type { RequestInfo } from "../request";
import { tenantIdOfToken } from "../tenants/scope";
import type { Machine } from "./access-tokens";
import { inPlace } from "./issuer";

export interface MachineCall {
  procedure: string;
  /** Queries and subscriptions. */
  isReading: boolean;
  isRefused: boolean;
}

const READINGS_MAX = 10_000;
/** What was read with which token, as this instance knows it; another instance writes its own first one down. */
const noted = new Set<string>();

/** Writes a machine's call down. */
export async function noteCall(machine: Machine, call: MachineCall, request: RequestInfo): Promise<void> {
  const { tokenId, accountId, accountName } = machine;
  const { procedure, isReading, isRefused } = call;
  if (isReading && !isRefused && !isFirst(`${tokenId} ${procedure}`)) return;
  const tenantId = machine.tenant === null ? null : tenantIdOfToken(machine.tenant);
  await inPlace({ tenantId }, accountId, (tx) =>
    recordAudit(tx, {
      tenantId,
      actor: { type: "service_account", id: accountId },
      action: "service_account.call",
      category: tenantId === null ? "admin" : "tenant",
      target: { type: "procedure", id: procedure },
      result: isRefused ? "failure" : "success",
      metadata: { account: accountName, tokenId },
      request,
    }),
  );
}

function isFirst(reading: string): boolean {
  if (noted.has(reading)) return false;
  if (noted.size >= READINGS_MAX) noted.clear();
  noted.add(reading);
  return true;
}
