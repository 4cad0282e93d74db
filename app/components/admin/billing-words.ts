// What operators read of money.

import type { LowPolicy } from "../../../server/wallet/terms";

export const POLICY_LABELS: Record<LowPolicy, string> = {
  block: "Refuse at zero",
  warn: "Warn, go on to the floor",
  limited: "Cheap models only",
};
