// What operators read of money.

import type { LowPolicy } from "../../../server/wallet/terms";

export const UNIT_LABELS: Record<string, string> = {
  input_token: "Input tokens",
  output_token: "Output tokens",
  cache_read_token: "Cached input tokens",
  cache_write_token: "Input tokens written to the cache",
  reasoning_token: "Reasoning tokens",
  message: "Messages",
  image: "Images",
  storage_gb_month: "Gigabytes stored for a month",
  api_call: "API calls",
  document: "Documents",
};

export const POLICY_LABELS: Record<LowPolicy, string> = {
  block: "Refuse at zero",
  warn: "Warn, go on to the floor",
  limited: "Cheap models only",
};
