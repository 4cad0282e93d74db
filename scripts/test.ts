// npm test — everything: finds or provides a browser and a Redis, then all checks, tests and the build, then the
// journeys in Chromium. One after the other: either fills two cores, and the browser takes its part first.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureTools } from "./browser-and-redis";
import { runChecks, runTool } from "./check";
import { findFreePort } from "./processes";

async function main(): Promise<void> {
  const startedAt = performance.now();
  console.log("── tools");
  const tools = await ensureTools();
  for (const tool of tools.found) console.log(`   ${tool}`);
  if (tools.missing.length > 0) {
    for (const advice of tools.missing) console.error(`   missing: ${advice}`);
    process.exitCode = 1;
    return;
  }
  // A skipped half would look like a pass: with both tools present nothing may be left out.
  process.env["CI"] ??= "1";
  const failed = await runChecks({ isStaticOnly: false, keepsGoing: true });
  console.log("\n── journeys in Chromium");
  if (!(await runJourneys())) failed.push("journeys");
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(
    failed.length === 0
      ? `\nEverything passed in ${minutes} min`
      : `\nFailed: ${failed.join(", ")} (${minutes} min)`,
  );
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** On ports and in folders of their own: what runs here, or ran before, is not in their way. */
async function runJourneys(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "parley-journeys-"));
  process.env["E2E_DATA_DIR"] ??= folder;
  process.env["E2E_PORT"] ??= String(await findFreePort());
  process.env["E2E_OPERATORS_PORT"] ??= String(await findFreePort());
  const isPassed = await runTool("@playwright/test", ["test"]);
  rmSync(folder, { recursive: true, force: true });
  return isPassed;
}

await main();
