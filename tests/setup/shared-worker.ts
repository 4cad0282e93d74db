// Test files share processes: what node_modules hold is loaded once and stays warm, which is most of what a file costs.
// Of Parley's own modules, the environment and the clock each file has its own: all of it is as in a new process.
import { afterAll, vi } from "vitest";

interface Shared {
  parleyTestEnvironment?: NodeJS.ProcessEnv;
}

vi.resetModules();
afterAll(restoreWorld);

/** Vitest's own variables say which file it is. */
const isOfParley = (name: string) => !name.startsWith("VITEST");
const shared = globalThis as Shared;
shared.parleyTestEnvironment ??= { ...process.env };
const first = Object.entries(shared.parleyTestEnvironment);

for (const name of Object.keys(process.env).filter(isOfParley)) delete process.env[name];
for (const [name, value] of first) if (isOfParley(name)) process.env[name] = value;

/** What a file forgot to put back would be the next one's. */
function restoreWorld(): void {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
}
