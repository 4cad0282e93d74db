// What is done with Stripe's events: an explicit list. An event that nothing here hears is stored all the same.

import type { Handlers } from "./intake/handler";

export const HANDLERS: Handlers = {
  states: [],
  moneys: [],
};
