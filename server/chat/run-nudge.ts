// The bell beside the dispatcher's door: whoever starts a run rings it after the commit.

import { publish } from "../platform/events";
import { QUEUED_CHANNEL } from "./run-channel";

let listener: (() => boolean) | undefined;

/** Says that a run waits: this process takes it at once when it can, otherwise all instances are told. */
export function nudgeRuns(): void {
  if (!listener?.()) publish(QUEUED_CHANNEL, "");
}

/** The dispatcher's ear. It answers whether it will look; null when it no longer listens. */
export function onNudge(listen: (() => boolean) | null): void {
  listener = listen ?? undefined;
}
