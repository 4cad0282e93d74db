// What lets a stream stay open, looked at for all open streams of this process at once. Each stream could ask its own
// questions every few seconds; a thousand of them would be a load of its own. A sign is a question of which one statement
// answers many. As long as all of a stream's signs are as they were nothing else is asked for it; a sign that has changed
// decides nothing: the stream then asks in full.

import { sleep } from "./clock";
import { logger } from "./logger";
import { isOutage } from "./outage";

/** Says of each key, in their order, whether what it stands for is as it was. */
type LookAtAll<Key> = (keys: Key[]) => Promise<boolean[]>;

export interface Sign {
  lookAtAll: LookAtAll<unknown>;
  key: unknown;
}

interface Watcher {
  signs: readonly Sign[];
  onChange: () => void;
}

const ROUND_MS = 4_000;

const log = logger("signs");
const watchers = new Set<Watcher>();
let lastLeft = new AbortController();

/** One stream's part in a question that is asked for many: those with the same `lookAtAll` are asked together. */
export function sign<Key>(lookAtAll: LookAtAll<Key>, key: Key): Sign {
  return { lookAtAll: lookAtAll as LookAtAll<unknown>, key };
}

/** For statements that answer the ids of what is as it was: whether each of these is among them. */
export function areAmong(ids: string[], rows: { id: string }[]): boolean[] {
  const found = new Set(rows.map(({ id }) => id));
  return ids.map((id) => found.has(id));
}

/**
 * Looks at these signs every four seconds and calls `onChange` each time one of them is not as it was; the answer ends it.
 * An outage of the database changes nothing.
 */
export function watchSigns(signs: readonly Sign[], onChange: () => void): () => void {
  const watcher = { signs, onChange };
  watchers.add(watcher);
  if (watchers.size === 1) {
    lastLeft = new AbortController();
    void goRound(lastLeft.signal);
  }
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) lastLeft.abort();
  };
}

async function goRound(ending: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(ROUND_MS, ending);
    if (ending.aborted) return;
    const groups = groupBySign();
    await Promise.all([...groups].map(([lookAtAll, asked]) => look(lookAtAll, asked)));
  }
}

interface Asked {
  key: unknown;
  watcher: Watcher;
}

function groupBySign(): Map<LookAtAll<unknown>, Asked[]> {
  const groups = new Map<LookAtAll<unknown>, Asked[]>();
  for (const watcher of watchers) {
    for (const { lookAtAll, key } of watcher.signs) {
      const group = groups.get(lookAtAll) ?? [];
      groups.set(lookAtAll, group);
      group.push({ key, watcher });
    }
  }
  return groups;
}

async function look(lookAtAll: LookAtAll<unknown>, asked: Asked[]): Promise<void> {
  try {
    const unchanged = await lookAtAll(asked.map(({ key }) => key));
    for (const [n, { watcher }] of asked.entries()) if (!unchanged[n]) watcher.onChange();
  } catch (error) {
    if (isOutage(error)) return;
    log.error({ event: "signs.failed", err: error }, "open streams ask by themselves");
    for (const { watcher } of asked) watcher.onChange();
  }
}
