// A real PostgreSQL for development and tests, run from npm's binaries: one folder holds its data, its password and
// the list of processes that use it. Started by the first process that needs it, adopted by later ones (also after a
// crash), stopped by the last one that leaves.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import {
  binariesFolder,
  POSTGRES_MAJOR,
  reachableFolder,
  type ServerUser,
  serverUser,
} from "./embedded-postgres-binaries";
import { withLock } from "./folder-lock";
import { findFreePort, isAlive, isRunning } from "./processes";

const SUPERUSER = "parley_superuser";
// After a crash the server first goes through its log, on a slow disk for a while.
const START_TIMEOUT_MS = 120_000;
const START_ATTEMPTS_MAX = 8;
const START_PAUSE_MS = 500;
const CONNECT_TIMEOUT_MS = 5_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 15;

export interface EmbeddedPostgres {
  port: number;
  /** Where the data really is: not below `folder` when root's folders are closed to the server's user. */
  dataFolder: string;
  isAdopted: boolean;
  superuserUrl(database: string): string;
  /** Leaves the server; the last process that leaves stops it. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  folder: string;
  /** Off only in tests: a crash of the machine may then lose the whole cluster. */
  isDurable: boolean;
}

interface Cluster {
  folder: string;
  dataFolder: string;
  bin: string;
  user: ServerUser | null;
  password: string;
}

/** Starts the cluster below `options.folder`, or adopts the server that already runs on it. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  // Without it two processes would build one cluster, or one would adopt a server that another is stopping.
  const lock = join(resolve(options.folder), "server.lock");
  const { cluster, seat, adoptedPort, port } = await withLock(lock, () => openCluster(options));
  return {
    port,
    dataFolder: cluster.dataFolder,
    isAdopted: adoptedPort !== null,
    superuserUrl: (database) => serverUrl(cluster, port, database),
    stop: () =>
      withLock(lock, async () => {
        rmSync(seat, { force: true });
        if (listLivingSeats(cluster).length === 0) await stopServer(cluster);
      }),
  };
}

async function openCluster(options: EmbeddedOptions) {
  const cluster = prepareCluster(options.folder);
  const seat = takeSeat(cluster);
  const adoptedPort = await findRunningPort(cluster);
  const port = adoptedPort ?? (await startServer(cluster, options.isDurable));
  return { cluster, seat, adoptedPort, port };
}

/** Stops a server whose users are all gone, as a test run that was killed leaves it behind. */
export async function stopAbandonedPostgres(folder: string): Promise<void> {
  const cluster = prepareCluster(folder);
  if (listLivingSeats(cluster).length === 0) await stopServer(cluster);
}

function prepareCluster(wantedFolder: string): Cluster {
  const user = serverUser();
  const folder = reachableFolder(resolve(wantedFolder), user);
  mkdirSync(join(folder, "users"), { recursive: true });
  // In a place open to all, someone else could have made this folder first, to read what is kept in it.
  if (user && statSync(folder).uid !== process.getuid?.())
    throw new Error(`${folder} belongs to someone else.`);
  // The server's user must pass through; the password file inside stays closed to it and to everyone else.
  if (user) chmodSync(folder, 0o711);
  const bin = join(binariesFolder(user), "bin");
  const passwordFile = join(folder, "superuser-password");
  if (!existsSync(passwordFile)) writePassword(passwordFile);
  const password = readFileSync(passwordFile, "utf8");
  const cluster = { folder, dataFolder: join(folder, `postgres-${POSTGRES_MAJOR}`), bin, user, password };
  if (!existsSync(cluster.dataFolder)) createCluster(cluster);
  return cluster;
}

/** Written beside and renamed: a start that is killed here leaves no empty password. */
function writePassword(file: string): void {
  writeFileSync(`${file}.new`, randomBytes(24).toString("base64url"), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Builds the cluster beside its final place: an interrupted initdb leaves nothing that looks finished. */
function createCluster(cluster: Cluster): void {
  const unfinished = `${cluster.dataFolder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  if (cluster.user) chownSync(unfinished, cluster.user.uid, cluster.user.gid);
  // initdb reads the password as the server's user, who may not read the original.
  const passwordCopy = `${cluster.dataFolder}.password`;
  writeFileSync(passwordCopy, cluster.password, { mode: 0o600 });
  if (cluster.user) chownSync(passwordCopy, cluster.user.uid, cluster.user.gid);
  const identity = ["-U", SUPERUSER, "--auth=scram-sha-256", `--pwfile=${passwordCopy}`];
  const initdb = spawnSync(
    join(cluster.bin, "initdb"),
    ["-D", unfinished, ...identity, "--locale=C", "--encoding=UTF8", "--no-sync", "--no-instructions"],
    { cwd: unfinished, env: serverEnvironment(), ...cluster.user },
  );
  rmSync(passwordCopy);
  if (initdb.status !== 0) {
    throw new Error(`initdb failed: ${initdb.error?.message ?? initdb.stderr.toString("utf8")}`);
  }
  renameSync(unfinished, cluster.dataFolder);
}

/**
 * Another program may take the port between finding it and listening on it, and the last processes of a server that was
 * killed may still have its memory: then it is tried again.
 */
async function startServer(cluster: Cluster, isDurable: boolean): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startServerOn(await findFreePort(), cluster, isDurable);
    } catch (error) {
      if (attempt >= START_ATTEMPTS_MAX) throw error;
      await wait(START_PAUSE_MS);
    }
  }
}

async function startServerOn(port: number, cluster: Cluster, isDurable: boolean): Promise<number> {
  const logFile = join(cluster.folder, "postgres.log");
  const log = openSync(logFile, "a", 0o600);
  const durability = isDurable ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
  const settings = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    ...durability,
  ];
  const child = spawn(
    join(cluster.bin, "postgres"),
    ["-D", cluster.dataFolder, ...settings.flatMap((setting) => ["-c", setting])],
    // Detached: Ctrl-C belongs to the application, which drains first and stops the server last.
    {
      cwd: cluster.dataFolder,
      env: serverEnvironment(),
      stdio: ["ignore", log, log],
      detached: true,
      ...cluster.user,
    },
  );
  child.unref();
  await waitUntilReady(cluster, port, child);
  return port;
}

async function waitUntilReady(cluster: Cluster, port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let failure: Error | null = null;
  child.once("error", (error) => {
    failure = error;
  });
  while (!(await canConnect(cluster, port))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (failure || hasEnded || Date.now() > deadline) {
      const lastLines = readFileSync(join(cluster.folder, "postgres.log"), "utf8")
        .split("\n")
        .slice(-8)
        .join("\n");
      throw new Error(`The embedded PostgreSQL did not start.\n${lastLines}`, { cause: failure });
    }
    await wait(POLL_INTERVAL_MS);
  }
}

async function canConnect(cluster: Cluster, port: number): Promise<boolean> {
  const client = new pg.Client({
    connectionString: serverUrl(cluster, port, "postgres"),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
    return rows[0]?.data_directory === cluster.dataFolder;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The port of a living server on this cluster; waits for one that is still starting or stopping. */
async function findRunningPort(cluster: Cluster): Promise<number | null> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const running = readPidFile(cluster);
    if (!running) return null;
    if (!isAlive(running.pid) || !isRunning(running.pid, "postgres")) {
      // The number may be another program's by now, or wait to be collected: PostgreSQL would take either for a
      // server. Whether a process of the old one still has the data it sees from the shared memory, without this file.
      rmSync(pidFile(cluster), { force: true });
      return null;
    }
    if (await canConnect(cluster, running.port)) return running.port;
    await wait(POLL_INTERVAL_MS);
  }
  throw new Error(`A PostgreSQL server on ${cluster.dataFolder} neither answers nor ends.`);
}

async function stopServer(cluster: Cluster): Promise<void> {
  const running = readPidFile(cluster);
  if (!running || !isAlive(running.pid) || !isRunning(running.pid, "postgres")) return;
  process.kill(running.pid, "SIGINT");
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(running.pid) && Date.now() < deadline) await wait(POLL_INTERVAL_MS);
}

function pidFile(cluster: Cluster): string {
  return join(cluster.dataFolder, "postmaster.pid");
}

function readPidFile(cluster: Cluster): { pid: number; port: number } | null {
  const path = pidFile(cluster);
  if (!existsSync(path)) return null;
  const lines = readFileSync(path, "utf8").split("\n");
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]) } : null;
}

function takeSeat(cluster: Cluster): string {
  const seat = join(cluster.folder, "users", String(process.pid));
  writeFileSync(seat, "");
  return seat;
}

function listLivingSeats(cluster: Cluster): number[] {
  const pids = readdirSync(join(cluster.folder, "users")).map(Number);
  for (const pid of pids)
    if (!isAlive(pid)) rmSync(join(cluster.folder, "users", String(pid)), { force: true });
  return pids.filter(isAlive);
}

function serverUrl(cluster: Cluster, port: number, database: string): string {
  return `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" } as unknown as NodeJS.ProcessEnv;
}
