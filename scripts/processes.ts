// What this machine's processes and ports are doing.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

/** Whether a process with this id runs, whoever owns it. One that has ended and waits to be collected does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    // The state follows the name, which stands in brackets and may hold any character.
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Whether the process with this id runs `program`; where that cannot be seen, the id is believed. */
export function isRunning(pid: number, program: string): boolean {
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(program);
  } catch {
    return false;
  }
}

/** A port that nothing listens on at this moment. */
export async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolveListening, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolveListening);
  });
  const address = probe.address();
  await new Promise((resolveClosed) => probe.close(resolveClosed));
  if (address === null || typeof address === "string") throw new Error("No free port was found.");
  return address.port;
}
