// What has to happen before this process may go. Hooks run at once and side by side: runs hand over, streams end.

type Hook = () => Promise<void> | void;

const hooks = new Set<Hook>();
let isDraining = false;

/** Calls `hook` when the process begins to stop; the answer takes it back. */
export function onShutdown(hook: Hook): () => void {
  hooks.add(hook);
  return () => {
    hooks.delete(hook);
  };
}

/** True from the first moment of stopping: /readyz says so, and nothing new is taken on. */
export function isShuttingDown(): boolean {
  return isDraining;
}

/** Runs every hook; one that fails does not keep the others. Answers the failures. */
export async function runShutdownHooks(): Promise<unknown[]> {
  isDraining = true;
  const results = await Promise.allSettled([...hooks].map(async (hook) => hook()));
  return results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
}

/** Takes `isShuttingDown` back, for a process that starts again within itself (tests, the dev server). */
export function resetShutdown(): void {
  isDraining = false;
}
