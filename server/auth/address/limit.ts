// Limits per address, known or not: the key is the address's pseudonym.

import { AppError } from "../../platform/errors";
import { consumeLimits } from "../../platform/rate-limit";
import { noteLimit, type RequestInfo } from "../../request";
import { accountKey } from "../users";

const HOUR_SECONDS = 3_600;

/** Counts one mail that was asked for to an address. Throws `over_limit` past so many in an hour. */
export async function countMailTo(
  email: string,
  limit: { name: string; perHour: number },
  request: RequestInfo,
): Promise<void> {
  const { name, perHour: points } = limit;
  const state = await consumeLimits([{ name, key: accountKey(email), points, windowSeconds: HOUR_SECONDS }]);
  noteLimit(request.reply, state);
  if (state.allowed) return;
  throw new AppError("over_limit", "Too many mails were asked for. Please try again later.", {
    reason: "rate_limited",
    retryAfterSeconds: state.retryAfterSeconds,
  });
}
