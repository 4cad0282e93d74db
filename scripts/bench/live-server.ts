// The reference of the live billing page: node:http that keeps answers open and writes into them what PostgreSQL notifies.

import { createServer, type ServerResponse } from "node:http";
import pg from "pg";

const open = new Map<string, Set<ServerResponse>>();
const client = new pg.Client({ connectionString: process.env["DATABASE_URL"] });
client.on("notification", ({ payload = "" }) => {
  const [tenantId = "", seq = ""] = payload.split(" ");
  for (const response of open.get(tenantId) ?? []) response.write(`data: {"seq":${seq}}\nid: ${seq}\n\n`);
});
await client.connect();
await client.query("LISTEN bench_told");

createServer((request, response) => {
  const tenantId = String(request.headers["x-parley-tenant"]);
  if (request.url === "/") return void response.end("live");
  const readers = open.get(tenantId) ?? new Set();
  open.set(tenantId, readers.add(response));
  response.on("close", () => readers.delete(response));
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
}).listen(Number(process.env["PORT"]), "127.0.0.1");
