import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres";
import { serverUser } from "./embedded-postgres-binaries";
import { isAlive } from "./processes";

const folder = mkdtempSync(join(tmpdir(), "parley-postgres-"));
let holder: ChildProcess | undefined;
let pidFile: string;
let pidFileText: string;

beforeAll(async () => {
  const server = await start();
  pidFile = join(server.dataFolder, "postmaster.pid");
  pidFileText = readFileSync(pidFile, "utf8");
  await server.stop();
  return () => rmSync(folder, { recursive: true, force: true });
});

afterEach(() => void holder?.kill("SIGKILL"));

test("a server whose process was killed and not yet collected is no obstacle", async () => {
  // A program that never asks for its child, as some containers' first process does, has taken the shell's place when it
  // prints: the shell itself would collect a child that was killed before.
  const [, killed] = await spawnAsServer("sleep 300 & exec yes $!");
  process.kill(killed, "SIGKILL");
  await expect.poll(() => isAlive(killed)).toBe(false);
  expect(() => process.kill(killed, 0)).not.toThrow();
  await expectStartOver(killed);
});

test("a server whose number another program has by now is no obstacle", async () => {
  const [other] = await spawnAsServer("echo $$; exec sleep 300");
  expect(isAlive(other)).toBe(true);
  await expectStartOver(other);
});

test("a living server is adopted", async () => {
  const server = await start();
  const pidFileBefore = readFileSync(pidFile, "utf8");
  const adopted = await start();
  expect(adopted).toMatchObject({ isAdopted: true, port: server.port });
  expect(readFileSync(pidFile, "utf8")).toBe(pidFileBefore);
  await adopted.stop();
});

function start(): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ folder, isDurable: false });
}

async function expectStartOver(pid: number): Promise<void> {
  writeFileSync(pidFile, pidFileText.replace(/^\d+/, String(pid)));
  const server = await start();
  expect(server.isAdopted).toBe(false);
  expect(readFileSync(pidFile, "utf8")).not.toMatch(new RegExp(`^${pid}\n`));
  await server.stop();
}

/** As the server's own user: PostgreSQL cannot tell such a process from a server. Answers its own and the printed number. */
async function spawnAsServer(script: string): Promise<[number, number]> {
  const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"], ...serverUser() });
  holder = child;
  const printed = await new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").once("data", resolve);
  });
  // One that prints without end waits here for a reader.
  child.stdout.pause();
  return [Number(child.pid), Number.parseInt(printed, 10)];
}
