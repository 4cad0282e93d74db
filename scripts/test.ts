// npm test — everything: finds or provides a browser and a Redis, then all checks, tests and the build, then the
// journeys in Chromium.
import { ensureTools } from "./browser-and-redis";
import { runChecks, runTool } from "./check";

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
  if (!(await runTool("@playwright/test", ["test"]))) failed.push("journeys");
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(
    failed.length === 0
      ? `\nEverything passed in ${minutes} min`
      : `\nFailed: ${failed.join(", ")} (${minutes} min)`,
  );
  process.exitCode = failed.length > 0 ? 1 : 0;
}

await main();
