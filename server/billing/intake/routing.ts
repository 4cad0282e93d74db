// Who hears an event. Every route becomes one dispatch, named after its handler.

import type Stripe from "stripe";
import type { Handlers } from "./handler";

export interface Route {
  handler: string;
  /** The object to be fetched; null for money, which is handled event by event. */
  object: { id: string; type: string } | null;
}

/** The name of the one dispatch of an event that nobody hears. */
export const NO_HANDLER = "none";

/** All handlers of this event; none is an answer too. */
export function routesOf(event: Stripe.Event, { states, moneys }: Handlers): Route[] {
  const routes: Route[] = [];
  for (const sync of states) {
    const id = isHeard(event.type, sync.eventTypes) ? sync.objectIdOf(event) : null;
    if (id !== null) routes.push({ handler: sync.objectType, object: { id, type: sync.objectType } });
  }
  for (const { eventTypes, name } of moneys) {
    if (isHeard(event.type, eventTypes)) routes.push({ handler: name, object: null });
  }
  return routes;
}

function isHeard(type: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
  );
}
