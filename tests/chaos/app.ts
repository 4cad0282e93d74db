// The whole server but its pages, as a process of its own, to be killed: requests, jobs and runs.

import { start } from "../../server/index";

process.stdin.on("end", () => process.exit(0)).resume();

await start({ loadBuild: () => Promise.reject(new Error("no pages here")) });
process.stdout.write(`ready ${process.env["PORT"]} -\n`);
