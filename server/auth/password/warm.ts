// What the first sign-in and the first registration of a process shall not wait for, nor be told apart by.

import { prepareDecoy } from "./hash";
import { startEstimator } from "./strength";

/** Starts the estimator's thread and makes the decoy hash; answers at once. */
export function warmPasswords(): void {
  startEstimator();
  prepareDecoy();
}
