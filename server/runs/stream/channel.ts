// How instances speak about runs: one channel per run for its events, and one for runs that wait for an owner.

import { publish } from "../../platform/events";
import type { RunEvent } from "../fold";

/** What stands on a run's channel. Without `event` it says how far the run has got: the reader asks the database. */
export interface RunMessage {
  fence: number;
  sequence: number;
  event?: RunEvent;
}

export const QUEUED_CHANNEL = "runs:queued";

/** The channel of a run's events. */
export const runChannel = (runId: string) => `run:${runId}`;

/** The channel on which a run's owner listens for wishes; any message asks it to stop. */
export const controlChannel = (runId: string) => `run:${runId}:control`;

/** Tells all subscribers of a run, here and elsewhere; what is too long to travel is announced by its number. */
export function publishEvent(channel: ReturnType<typeof runChannel>, message: Required<RunMessage>): void {
  publish(channel, message, numberOf);
}

function numberOf({ fence, sequence }: RunMessage): RunMessage {
  return { fence, sequence };
}
