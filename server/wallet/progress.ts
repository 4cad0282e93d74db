// How far the answers of this process are: noted once a second for all of them together, so that a sweep knows that they
// live, and what to charge when they die. Nothing is written per piece of text.

import { logger } from "../platform/logger";
import type { TenantScope } from "../platform/tenant-db";
import { TokenEstimate } from "../platform/tokens";
import { checkpointHolds } from "./holds";

interface Answer {
  scope: TenantScope;
  holdId: string;
  /** Counted as it comes: reading all answers anew each second would hold everybody up. */
  said: TokenEstimate;
  notedTokens: number;
  notedAtMs: number;
}

export interface AnswerProgress {
  hear(text: string): void;
  end(): void;
}

const EVERY_MS = 1_000;
/** A call that says nothing is noted as well: it may be thinking. */
const SILENCE_MS = 30_000;

const log = logger("wallet");
const answers = new Set<Answer>();
let timer: NodeJS.Timeout | undefined;
let isNoting = false;

/** Notes how far the answer of a dispatched call is, until its end. */
export function noteProgress(scope: TenantScope, holdId: string): AnswerProgress {
  const said = new TokenEstimate();
  const answer = { scope, holdId, said, notedTokens: 0, notedAtMs: performance.now() };
  answers.add(answer);
  timer ??= setInterval(() => void noteAll(), EVERY_MS).unref();
  return {
    hear: (text) => said.add(text),
    end: () => {
      answers.delete(answer);
      if (answers.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

async function noteAll(): Promise<void> {
  if (isNoting) return;
  isNoting = true;
  for (const moved of movedByTenant().values()) {
    const [{ scope }] = moved;
    const notes = moved.map(({ holdId, notedTokens }) => ({ holdId, outputTokens: notedTokens }));
    // One that is missed costs nothing but precision after a crash.
    await checkpointHolds(scope, notes).catch((error: unknown) =>
      log.warn({ event: "wallet.checkpoint_missed", err: error }, "answers could not be noted"),
    );
  }
  isNoting = false;
}

function movedByTenant(): Map<string, [Answer, ...Answer[]]> {
  const at = performance.now();
  const moved = new Map<string, [Answer, ...Answer[]]>();
  for (const answer of answers) {
    const { tokens } = answer.said;
    if (tokens === answer.notedTokens && at - answer.notedAtMs < SILENCE_MS) continue;
    answer.notedTokens = tokens;
    answer.notedAtMs = at;
    const others = moved.get(answer.scope.tenantId);
    if (others) others.push(answer);
    else moved.set(answer.scope.tenantId, [answer]);
  }
  return moved;
}
