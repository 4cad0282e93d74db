// What members have spent this month. The room that keeps the money says; it is told to at the start.

import type { TenantScope } from "../platform/tenant-db";

/** The month's spend of these people in the scope's workspace, in nano; who is missing has spent nothing. */
export type SpendOfMembers = (
  scope: TenantScope,
  userIds: readonly string[],
) => Promise<ReadonlyMap<string, bigint>>;

let source: SpendOfMembers = () => {
  throw new Error("nobody says what members have spent");
};

/** Fills the column "spent this month"; called once at the start, by the room to the right that knows. */
export function provideSpend(provider: SpendOfMembers): void {
  source = provider;
}

export function spendOf(
  scope: TenantScope,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  return source(scope, userIds);
}
