// Answers that must not tell one case from another by how long they took.

import { sleep } from "./clock";

const BEAT_MS = 250;

/**
 * Runs `work` and settles, well or badly, at the next full beat of 250 ms after it began: a few statements more or less
 * in one branch do not show.
 */
export async function onTheBeat<T>(work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    const elapsedMs = performance.now() - startedAt;
    await sleep(BEAT_MS - (elapsedMs % BEAT_MS));
  }
}
