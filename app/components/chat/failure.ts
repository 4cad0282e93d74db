// Why a call did not go through, in words for a person, and whether trying again by itself makes sense.

import { refusalOf } from "~/api";

export interface Failure {
  message: string;
  /** The closed reason, or null when the call never reached the server. */
  reason: string | null;
  isNetwork: boolean;
  retryAfterSeconds: number | null;
  /** Which limit it was, where one was. */
  limit: RefusedLimit | null;
}

/** What a refusal says about the limit behind it; amounts of money are nano, all in decimal text. */
export interface RefusedLimit {
  plan?: string | undefined;
  feature?: string | undefined;
  limit?: string | undefined;
  usage?: string | undefined;
  window?: string | undefined;
}

const TEXT_OFFLINE = "Parley could not be reached. Check your connection and try again.";

/** The facts of a failed call. */
export function failureOf(error: unknown): Failure {
  const refusal = refusalOf(error);
  if (refusal === null) {
    return { ...PLAIN, message: TEXT_OFFLINE, isNetwork: true };
  }
  return {
    message: error instanceof Error ? error.message : "Something went wrong.",
    reason: refusal.reason ?? null,
    isNetwork: false,
    retryAfterSeconds: refusal.retryAfterSeconds ?? null,
    limit: limitOf(refusal),
  };
}

/** Whether the server says that what was asked for is not there, or not for this person. */
export function isGone(error: unknown): boolean {
  return refusalOf(error)?.code === "NOT_FOUND";
}

/** What the form without JavaScript was refused for. */
export function refusalOfForm(refusal: { message: string; reason: string | null } | null): Failure | null {
  return refusal && { ...PLAIN, message: refusal.message, reason: refusal.reason };
}

const PLAIN = { reason: null, isNetwork: false, retryAfterSeconds: null, limit: null };

function limitOf({ plan, feature, limit, usage, window }: RefusedLimit): RefusedLimit | null {
  return feature === undefined ? null : { plan, feature, limit, usage, window };
}

const RETRY_DELAYS_MS = [400, 1200, 3000] as const;

/**
 * Repeats a call while the network fails. Only for calls that carry a client message id or change nothing: the server
 * answers a repetition with what it answered first.
 */
export async function persist<T>(call: () => Promise<T>): Promise<T> {
  for (const delayMs of RETRY_DELAYS_MS) {
    try {
      return await call();
    } catch (error) {
      if (!failureOf(error).isNetwork) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
  return call();
}
