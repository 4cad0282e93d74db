// For test files that move money: after each of their tests the clock is back and the books of all workspaces agree.

import { afterEach, expect } from "vitest";
import { travel } from "../../server/platform/clock";
import { listWalletFaults } from "../../server/wallet/reconciliation";

export function keepBooks(): void {
  afterEach(async () => {
    travel(0);
    expect(await listWalletFaults()).toEqual([]);
  });
}
