// The bell beside the dispatcher's door: whoever stores work for it rings after the commit. It is a hint and no more; what
// nobody rang for is found by polling.

import { publish } from "../../platform/events";

/** Heard by the dispatchers of other instances. */
export const EVENTS_CHANNEL = "billing.events";

let listener: (() => boolean) | undefined;

/** Says that there is something to do: this process looks at once when it can, otherwise all instances are told. */
export function nudgeDispatcher(): void {
  if (!listener?.()) publish(EVENTS_CHANNEL, "");
}

/** The dispatcher's ear. It answers whether it will look; null when it no longer listens. */
export function onDispatchNudge(listen: (() => boolean) | null): void {
  listener = listen ?? undefined;
}
