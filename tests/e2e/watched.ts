// The test of every journey: besides what it asserts, it fails on an answer of 500 or above and on an error that a page
// does not catch, in any context of its browser. Faults that a test provokes are named with `test.use({ expectedFaults })`.

import { test as base, expect } from "@playwright/test";

interface Watched {
  /** What may happen in this test: a fault that matches one of these is none. */
  expectedFaults: RegExp[];
  faultless: undefined;
}

interface Watching {
  /** What went wrong since it was last asked for; what a hook before all tests ran into is the first test's. */
  takeFaults: () => string[];
}

export const test = base.extend<Watched, Watching>({
  expectedFaults: [[], { option: true }],
  takeFaults: [
    async ({ browser }, use) => {
      const faults: string[] = [];
      browser.on("context", (context) => {
        context.on("response", (response) => {
          if (response.status() < 500) return;
          faults.push(`${response.status()} ${response.request().method()} ${response.url()}`);
        });
        context.on("weberror", (fault) => {
          faults.push(`${fault.page()?.url()}: ${fault.error().stack ?? fault.error()}`);
        });
      });
      await use(() => faults.splice(0));
    },
    { scope: "worker", auto: true },
  ],
  faultless: [
    async ({ takeFaults, expectedFaults }, use) => {
      await use(undefined);
      const unexpected = takeFaults().filter((fault) => !expectedFaults.some((known) => known.test(fault)));
      expect(unexpected, "no answer of 500 or above, no uncaught error of a page").toEqual([]);
    },
    { auto: true },
  ],
});
