// How guessable a password is, judged off the main thread: the estimator's time grows with the square of its input, so
// it sees at most 72 characters, one password at a time, and is killed after 200 ms of work. Killed means "too weak".

import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { AppError } from "../../platform/errors";
import { type CommonForms, commonFormsOf } from "./common-forms";

export interface Strength {
  /** zxcvbn's 0 (worst) to 4. */
  score: number;
  /** On the list of common and leaked passwords, by itself or dressed up with digits and punctuation. */
  isCommon: boolean;
}

interface Job {
  password: string;
  contextWords: string[];
  forms: CommonForms;
  resolve(strength: Strength): void;
  reject(error: Error): void;
}

const SCORED_CHARACTERS_MAX = 72;
const RUN_MS_MAX = 200;
/** On a busy machine 200 ms of work take longer by the clock; this is the end by the clock. */
const CLOCK_MS_MAX = 3_000;
const QUEUE_LENGTH_MAX = 50;
/** This many words of the list, most used first, make no password when they are only put together. */
const FIRST_WORDS = 1_000;
const WORDS_MAX = 3;
const TOO_SLOW: Strength = { score: 0, isCommon: false };

// The thread's program is text, since a bundle has no file for it; it finds its packages from this module's place.
const PROGRAM = `
const { readlinkSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const load = require("node:module").createRequire(workerData.base);
const { ZxcvbnFactory } = load("@zxcvbn-ts/core");
const common = load("@zxcvbn-ts/language-common");
const english = load("@zxcvbn-ts/language-en");
const estimator = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  l33tMaxSubstitutions: 5,
});
const commonPasswords = new Set(common.dictionary["passwords-common"]);
const firstWords = new Set(common.dictionary["passwords-common"].slice(0, ${FIRST_WORDS}).filter((word) => /^[a-z]{3,}$/.test(word)));
function isMadeOfFirstWords(stem, words) {
  if (stem === "") return true;
  if (words === 0) return false;
  for (let end = 3; end <= stem.length; end += 1) {
    if (firstWords.has(stem.slice(0, end)) && isMadeOfFirstWords(stem.slice(end), words - 1)) return true;
  }
  return false;
}
parentPort.on("message", ({ password, contextWords, forms }) => {
  const isListed = forms.whole.some((form) => commonPasswords.has(form));
  const isCommon = isListed || forms.stems.some((stem) => isMadeOfFirstWords(stem, ${WORDS_MAX}));
  parentPort.postMessage({ score: isCommon ? 0 : estimator.check(password, contextWords).score, isCommon });
});
for (const word of ["Warm-up of 1 estimator", "w4rm-up 0f @nother"]) estimator.check(word, ["parley"]);
let threadPath = null;
try { threadPath = "/proc/" + readlinkSync("/proc/thread-self"); } catch {}
parentPort.postMessage({ threadPath });
`;

/** Estimates a password, with words that a guesser of this account would try first. Waits for its turn. */
export function measureStrength(password: string, contextWords: string[]): Promise<Strength> {
  if (queue.length >= QUEUE_LENGTH_MAX) return Promise.reject(overloaded());
  return new Promise((resolve, reject) => {
    queue.push({
      password: [...password].slice(0, SCORED_CHARACTERS_MAX).join(""),
      contextWords,
      forms: commonFormsOf(password),
      resolve,
      reject,
    });
    startNext();
  });
}

/** Starts the thread and its loading of the lists. */
export function startEstimator(): void {
  worker ??= startWorker();
  worker.unref();
}

interface Running {
  job: Job;
  timer: NodeJS.Timeout;
  startedAtMs: number;
  workedMsBefore: number | null;
}

const queue: Job[] = [];
let worker: Worker | undefined;
/** Known once the thread has loaded its lists; its path in /proc is null where there is no such thing. */
let ready: { threadPath: string | null } | undefined;
let current: Running | undefined;

function startNext(): void {
  worker ??= startWorker();
  if (queue.length > 0) worker.ref();
  if (current || !ready) return;
  const job = queue.shift();
  if (!job) return;
  current = {
    job,
    timer: setTimeout(judgeCurrent, RUN_MS_MAX),
    startedAtMs: performance.now(),
    workedMsBefore: workedMs(ready.threadPath),
  };
  const { password, contextWords, forms } = job;
  worker.postMessage({ password, contextWords, forms });
}

function startWorker(): Worker {
  const started = new Worker(PROGRAM, { eval: true, workerData: { base: import.meta.url } });
  started.on("message", (answer: Strength | { threadPath: string | null }) => {
    if ("threadPath" in answer) ready = answer;
    else finishCurrent((job) => job.resolve(answer));
    startNext();
  });
  started.on("error", (error) => {
    stopWorker();
    const waiting = queue.splice(0);
    finishCurrent((job) => job.reject(error));
    for (const job of waiting) job.reject(error);
  });
  return started;
}

// Time by the clock says little on a busy machine, so the thread's own processor time decides where it can be read.
function judgeCurrent(): void {
  if (!current) return;
  const clockMs = performance.now() - current.startedAtMs;
  const worked = workedMs(ready?.threadPath ?? null);
  const spentMs =
    worked === null || current.workedMsBefore === null ? clockMs : worked - current.workedMsBefore;
  if (spentMs >= RUN_MS_MAX || clockMs >= CLOCK_MS_MAX) killCurrent();
  else current.timer = setTimeout(judgeCurrent, RUN_MS_MAX - spentMs);
}

// The first number of schedstat is the time on a processor, in nanoseconds (Linux, sched-stats).
function workedMs(threadPath: string | null): number | null {
  if (threadPath === null) return null;
  try {
    return Number(readFileSync(`${threadPath}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return null;
  }
}

function killCurrent(): void {
  const killed = worker;
  stopWorker();
  finishCurrent((job) => job.resolve(TOO_SLOW));
  if (queue.length > 0) startNext();
  void killed?.terminate();
}

function stopWorker(): void {
  worker?.removeAllListeners();
  worker = undefined;
  ready = undefined;
}

function finishCurrent(settle: (job: Job) => void): void {
  if (!current) return;
  clearTimeout(current.timer);
  const { job } = current;
  current = undefined;
  settle(job);
  // An idle thread keeps no process alive; one that somebody waits for does.
  if (queue.length === 0) worker?.unref();
}

function overloaded(): AppError {
  return new AppError("unavailable", "The server is busy. Please try again in a moment.", {
    reason: "overloaded",
    retryAfterSeconds: 1,
  });
}
