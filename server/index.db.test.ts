import { request } from "node:http";
import type { ServerBuild } from "@remix-run/node";
import { afterEach, expect, test } from "vitest";
import { findFreePort } from "../scripts/processes";
import { type RunningApp, start } from "./index";
import { sleep } from "./platform/clock";
import { resetConfig } from "./platform/config";
import { onShutdown } from "./platform/shutdown";

let app: RunningApp | undefined;

afterEach(async () => {
  await app?.stop();
  app = undefined;
});

async function startApp(loader: () => Promise<Response>): Promise<number> {
  const port = await findFreePort();
  Object.assign(process.env, { PORT: String(port), HOST: "127.0.0.1", SHUTDOWN_TIMEOUT_MS: "3000" });
  resetConfig();
  const build = {
    mode: "test",
    entry: { module: { default: () => new Response("no pages") } },
    routes: { slow: { id: "slow", path: "slow", module: { loader } } },
    assets: { entry: { imports: [], module: "" }, routes: {}, url: "", version: "" },
    publicPath: "/",
    assetsBuildDirectory: "",
    future: { v3_singleFetch: true },
    isSpaMode: false,
  };
  app = await start({ build: build as unknown as ServerBuild });
  return port;
}

/** Something that one side waits for and the other lets happen. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function get(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const question = request({
      host: "127.0.0.1",
      port,
      path: "/slow",
      headers: { host: `localhost:${port}` },
    });
    question.on("response", (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    question.on("error", reject);
    question.end();
  });
}

test("a request under way is answered before the process goes, and a new one is not taken", async () => {
  const entered = gate();
  const released = gate();
  const port = await startApp(async () => {
    entered.open();
    await released.opened;
    return new Response("done");
  });
  const underWay = get(port);
  await entered.opened;
  const stopping = app?.stop();
  await expect
    .poll(() => get(port).catch((error: Error) => error.message))
    .toMatch(/ECONNREFUSED|ECONNRESET/);
  released.open();
  expect(await underWay).toBe(200);
  await stopping;
});

test("hooks run before streams end, and one that fails keeps nothing", async () => {
  const port = await startApp(async () => new Response("ok"));
  expect(await get(port)).toBe(200);
  const called: string[] = [];
  onShutdown(() => {
    throw new Error("a careless hook");
  });
  const forget = onShutdown(async () => {
    await sleep(50);
    called.push("handed over");
  });
  await app?.stop();
  forget();
  expect(called).toEqual(["handed over"]);
});

test("a request that never ends does not hold the process longer than its time", async () => {
  const entered = gate();
  const port = await startApp(() => {
    entered.open();
    return new Promise(() => {});
  });
  const hanging = get(port).catch((error: Error) => error.message);
  await entered.opened;
  await app?.stop();
  expect(await hanging).toMatch(/socket hang up|ECONNRESET/);
});

test("a port that is taken is said, and nothing stays behind", async () => {
  const port = await startApp(async () => new Response("ok"));
  await expect(start({})).rejects.toThrow(/EADDRINUSE/);
  expect(await get(port)).toBe(200);
});
