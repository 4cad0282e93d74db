// npm test — everything: finds or provides a browser and a Redis, then all static checks and the build, then the tests and
// the journeys in Chromium side by side, since either of them leaves a part of the machine idle.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureTools } from "./browser-and-redis";
import { BUILD_CHECKS, runChecks, runTool, STATIC_CHECKS } from "./check";
import { findFreePort } from "./processes";

/** What a runner says at its end: how many passed. */
const CLOSING_LINES = 12;

interface Lane {
  name: string;
  closing: string[];
  isPassed: boolean;
}

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
  const failed = await runChecks([...STATIC_CHECKS, ...BUILD_CHECKS], { keepsGoing: true });
  const lanes = await Promise.all([runLane("tests", "vitest", ["run"]), runJourneys()]);
  for (const { name, closing, isPassed } of lanes) {
    console.log(`\n── ${name}\n${closing.join("\n")}`);
    if (!isPassed) failed.push(name);
  }
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(
    failed.length === 0
      ? `\nEverything passed in ${minutes} min`
      : `\nFailed: ${failed.join(", ")} (${minutes} min)`,
  );
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** On ports and in folders of their own: what runs here, or ran before, is not in their way. */
async function runJourneys(): Promise<Lane> {
  const folder = mkdtempSync(join(tmpdir(), "parley-journeys-"));
  process.env["E2E_DATA_DIR"] ??= folder;
  process.env["E2E_PORT"] ??= String(await findFreePort());
  process.env["E2E_OPERATORS_PORT"] ??= String(await findFreePort());
  const lane = await runLane("journeys", "@playwright/test", ["test"]);
  rmSync(folder, { recursive: true, force: true });
  return lane;
}

/** Shows each line as it comes, behind the lane's name, and keeps the last ones for the end. */
async function runLane(name: string, packageName: string, args: string[]): Promise<Lane> {
  const closing: string[] = [];
  const isPassed = await runTool(packageName, args, {
    show: (line) => {
      console.log(`${name} │ ${line}`);
      closing.push(line);
      if (closing.length > CLOSING_LINES) closing.shift();
    },
  });
  return { name, closing, isPassed };
}

await main();
