// What the metrics of this process say about requests that a limit refused.

import { rateLimitViolationsTotal } from "../../server/platform/metrics";

/** How many requests a limit of this name has refused, whoever was counted. */
export async function violationsOf(endpoint: string): Promise<number> {
  const { values } = await rateLimitViolationsTotal.get();
  return values.find(({ labels }) => labels.endpoint === endpoint)?.value ?? 0;
}
