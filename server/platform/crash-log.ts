// Faults that nobody awaited. A promise that was dropped costs the request it belonged to, not the process; an exception
// that reached the top leaves unknown state behind, so the process ends and is started anew.

import { flushLogs, logger } from "./logger";

const log = logger("process");
let isInstalled = false;

/** Logs what Node would print with its values, once per process. */
export function logCrashes(): void {
  if (isInstalled) return;
  isInstalled = true;
  process.on("unhandledRejection", (error) => {
    log.error({ event: "process.unhandled_rejection", err: error }, "a promise was dropped and failed");
  });
  process.on("uncaughtException", (error) => {
    log.fatal({ event: "process.uncaught_exception", err: error }, "ending after an exception nobody caught");
    flushLogs();
    process.exit(1);
  });
}
