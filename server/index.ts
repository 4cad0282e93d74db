// The process: configuration, database, jobs, HTTP, and an orderly end. Called with the built application, or with a
// way to load it from a dev server.

import type { Server } from "node:http";
import type { ServerBuild } from "@remix-run/node";
import { ensureFirstOperator } from "./auth/account/first-operator";
import { warmPasswords } from "./auth/password/warm";
import { untilStreamsEnd } from "./auth/session/standing";
import { createHttpServer, type HttpOptions } from "./http";
import { endStreams } from "./http-stream";
import { assertMachineKeysPresent } from "./machines/keys/present";
import { assertKeysPresent } from "./mfa/keys";
import { warnWithoutCaptcha } from "./platform/captcha";
import { sleep } from "./platform/clock";
import { config } from "./platform/config";
import { logCrashes } from "./platform/crash-log";
import { assertDatabaseRoles } from "./platform/database-roles";
import { openGeoFile } from "./platform/geo";
import { drainLogs, flushLogs, logger, openLogs } from "./platform/logger";
import { resetShutdown, runShutdownHooks } from "./platform/shutdown";
import { closeStores } from "./platform/stores";
import { startWorker, type Worker } from "./worker";

export interface StartOptions {
  /** The built application ... */
  build?: ServerBuild;
  assetsFolder?: string;
  /** ... or the dev server that builds it as it is asked for. */
  loadBuild?: () => Promise<ServerBuild>;
  vite?: { middlewares: NonNullable<HttpOptions["devServer"]> };
}

export interface RunningApp {
  url: string;
  /** Stops accepting, hands runs and streams over, ends within SHUTDOWN_TIMEOUT_MS. */
  stop(): Promise<void>;
}

const CLOSE_SHARE = 0.9;
const IDLE_CHECK_MS = 25;
const LOGS_DRAIN_MS = 1_000;

const log = logger("process");

/** Starts everything and answers when requests are served. Throws ConfigError, or the database's or the port's error. */
export async function start(options: StartOptions): Promise<RunningApp> {
  const { port, host, appUrl, isTest } = config();
  openLogs();
  // A test runner has ears of its own.
  if (!isTest) logCrashes();
  resetShutdown();
  openGeoFile();
  await assertDatabaseRoles();
  await assertKeysPresent();
  await assertMachineKeysPresent();
  const operator = await ensureFirstOperator();
  if (operator !== null)
    log.info({ event: "process.first_operator" }, "the first operator's account is made");
  const worker = await startWorker();
  const server = createHttpServer(httpOptions(options));
  try {
    await listen(server, port, host);
  } catch (error) {
    await worker.stop();
    throw error;
  }
  warmPasswords();
  warnWithoutCaptcha();
  log.info({ event: "process.started", port }, "serving");
  let stopped: Promise<void> | undefined;
  return {
    url: appUrl.origin,
    stop: () => {
      stopped ??= stop(server, worker);
      return stopped;
    },
  };
}

function httpOptions({ build, assetsFolder, loadBuild, vite }: StartOptions): HttpOptions {
  const load = loadBuild ?? (() => build);
  return {
    loadBuild: async () => {
      const loaded = await load();
      if (loaded === undefined) throw new Error("start needs a build or a way to load one");
      return loaded;
    },
    isDevServer: vite !== undefined,
    ...(assetsFolder === undefined ? {} : { clientFolder: assetsFolder }),
    ...(vite === undefined ? {} : { devServer: vite.middlewares }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

// Runs are handed over before streams end, so that a client that comes back finds the next owner at work.
async function stop(server: Server, worker: Worker): Promise<void> {
  const deadlineMs = config().shutdownTimeoutMs * CLOSE_SHARE;
  log.info({ event: "process.stopping" }, "stopping");
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const orderly = async () => {
    for (const error of await runShutdownHooks())
      log.error({ event: "process.hook_failed", err: error }, "hook failed");
    endStreams();
    await Promise.all([closed, untilStreamsEnd(), worker.stop()]);
  };
  // A connection whose answer is sent stays open for the next request; none will be taken.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await Promise.race([orderly(), sleep(deadlineMs)]);
  clearInterval(idle);
  server.closeAllConnections();
  await Promise.race([closeStores(), sleep(config().shutdownTimeoutMs - deadlineMs)]);
  log.info({ event: "process.stopped" }, "stopped");
  await Promise.race([drainLogs(), sleep(LOGS_DRAIN_MS)]);
  flushLogs();
}
