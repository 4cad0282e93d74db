// The reference of the chat page: its own components through renderToString, and the SQL that its loaders really sent,
// repeated over pg in one transaction. No Remix request handling, no guards, no streaming.

import "../production-react";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createRemixStub } from "@remix-run/testing";
import pg from "pg";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { ROOT } from "../build-app";

interface RouteModule {
  default: React.ComponentType;
  loader?(args: object): Promise<unknown>;
  handle?: unknown;
  Layout?: React.ComponentType<{ children: React.ReactNode }>;
}

interface BuiltRoute {
  id: string;
  path?: string;
  module: RouteModule;
}

interface Statement {
  name?: string;
  text: string;
  values: unknown[];
}

const path = process.env["PAGE_PATH"] ?? "";
const [, , tenant, , conversationId] = path.split("/");
const routes = await chatRoutes();
const statements: Statement[] = [];
const loaderData = await recordLoaders();
const page = createElement(createRemixStub([stubOf(routes)]), {
  initialEntries: [path],
  hydrationData: { loaderData },
});
const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });

createServer((_request, response) => {
  runStatements().then(
    () => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(`<!DOCTYPE html>${renderToString(page)}`);
    },
    (error: Error) => {
      response.statusCode = 500;
      response.end(error.message);
    },
  );
}).listen(Number(process.env["PORT"]), "127.0.0.1");

async function chatRoutes(): Promise<BuiltRoute[]> {
  const build = (await import(pathToFileURL(join(ROOT, "build/server/index.js")).href)) as {
    routes: Record<string, BuiltRoute>;
  };
  const ids = ["root", "routes/t.$tenant", "routes/t.$tenant.chat", "routes/t.$tenant.chat.$conversationId"];
  return ids.map((id) => {
    const route = build.routes[id];
    if (!route) throw new Error(`the build has no route ${id}`);
    return route;
  });
}

/** Runs the page's loaders once as one request and keeps what they answered and what they asked the database. */
async function recordLoaders(): Promise<Record<string, unknown>> {
  const stopRecording = recordQueries();
  const info = {
    id: "reference",
    ip: "127.0.0.1",
    userAgent: "reference",
    url: path,
    nonce: "",
    reply: { cookies: [], limit: null },
  };
  const request = new Request(`${process.env["APP_URL"]}${path}`, {
    headers: { cookie: process.env["BENCH_COOKIE"] ?? "" },
  });
  const args = { request, params: { tenant, conversationId }, context: { info } };
  const loaded: Record<string, unknown> = {};
  for (const { id, module } of routes) loaded[id] = plain((await module.loader?.(args)) ?? null);
  stopRecording();
  return loaded;
}

// Some loaders answer with `data(...)`, which carries headers beside the value.
function plain(answer: unknown): unknown {
  const wrapped = answer as { type?: string; data?: unknown } | null;
  return wrapped?.type === "DataWithResponseInit" ? wrapped.data : answer;
}

function recordQueries(): () => void {
  const prototype = pg.Client.prototype as unknown as { query(...args: unknown[]): unknown };
  const original = prototype.query;
  prototype.query = function record(this: unknown, ...args: unknown[]) {
    const [query, values] = args as [
      string | (Statement & { statements?: Statement[] }),
      unknown[] | undefined,
    ];
    if (typeof query === "string")
      statements.push({ text: query, values: Array.isArray(values) ? values : [] });
    else if (query.statements) statements.push(...query.statements);
    else
      statements.push({
        ...(query.name ? { name: query.name } : {}),
        text: query.text,
        values: query.values ?? [],
      });
    return original.apply(this, args);
  };
  return () => {
    prototype.query = original;
  };
}

async function runStatements(): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    for (const statement of statements) {
      if (!/^(BEGIN|COMMIT|ROLLBACK)/i.test(statement.text)) await client.query(statement);
    }
    await client.query("COMMIT");
  } finally {
    client.release();
  }
}

function stubOf([route, ...inner]: BuiltRoute[]): Parameters<typeof createRemixStub>[0][number] {
  if (!route) throw new Error("no route");
  const { module, id } = route;
  return {
    id,
    path: route.path ?? "/",
    handle: module.handle,
    Component: module.Layout ? wrapped(module.Layout, module.default) : module.default,
    ...(inner.length > 0 ? { children: [stubOf(inner)] } : {}),
  } as Parameters<typeof createRemixStub>[0][number];
}

function wrapped(
  Layout: NonNullable<RouteModule["Layout"]>,
  Component: React.ComponentType,
): React.ComponentType {
  return function Document() {
    return createElement(Layout, null, createElement(Component));
  };
}
