import { expect } from "vitest";
import { platformPool } from "../../server/platform/db";

const STEPS_MAX = 100;

/**
 * Breaks the first, then the second ... use of the platform's connections, until the work is done; answers how many broke.
 */
export async function crashAtEveryStep(
  work: () => Promise<unknown>,
  isDone: () => Promise<boolean>,
): Promise<number> {
  const pool = platformPool();
  const { query, connect } = pool;
  let step = 0;
  let crashAt = 1;
  const faltering = (real: (...args: never[]) => unknown) =>
    function (this: unknown, ...args: never[]) {
      const isInner = args.some((arg) => typeof arg === "function");
      if (!isInner) step += 1;
      return step === crashAt && !isInner ? Promise.reject(new Error("crash")) : real.apply(pool, args);
    };
  Object.assign(pool, { query: faltering(query), connect: faltering(connect) });
  try {
    for (let isOver = false; !isOver; crashAt += 1) {
      step = 0;
      await work().catch(() => {});
      expect(crashAt).toBeLessThan(STEPS_MAX);
      // Asking whether it is done must not break.
      step = -1_000;
      isOver = await isDone();
    }
  } finally {
    Object.assign(pool, { query, connect });
  }
  return crashAt - 1;
}
