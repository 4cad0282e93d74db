#!/usr/bin/env node
// Prisma's schema engine without a binary download: the program that PRISMA_SCHEMA_ENGINE_BINARY names.
// It speaks the CLI's line-delimited JSON-RPC on stdin/stdout and answers with Prisma's own engine, compiled to
// WebAssembly, over the pg driver adapter. docs/decisions/020-prisma-engine-stand-in.md gives the reasons.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { adapterFactory, connectionFields, runOnServer } from "./prisma-engine-adapter.mjs";

const ENGINE_PACKAGE = "@prisma/schema-engine-wasm";
const SQLSTATE_TO_PRISMA = {
  "28P01": "P1000",
  28000: "P1010",
  42501: "P1010",
  "3D000": "P1003",
  "42P04": "P1009",
};

/** Node 20 cannot import `.wasm` as a module, so the instance is made by hand. */
async function loadEngine() {
  const registry = {
    message: "",
    get: () => registry.message,
    set_message: (message) => {
      registry.message = `RuntimeError: ${message}`;
    },
  };
  globalThis.PRISMA_WASM_PANIC_REGISTRY = registry;
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const wasmPath = createRequire(import.meta.url)
    .resolve(ENGINE_PACKAGE)
    .replace(/\.js$/, "_bg.wasm");
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), {
    "./schema_engine_bg.js": bindings,
  });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return { bindings, registry };
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

function rpcError(error, registry) {
  const isPanic = error instanceof WebAssembly.RuntimeError || error?.name === "RuntimeError";
  const message = isPanic ? registry.get() || error.message : String(error?.message ?? error);
  const data = { is_panic: isPanic, message, meta: error?.meta ?? {}, error_code: error?.code };
  return { code: isPanic ? -32603 : 4466, message, data };
}

const METHODS_BY_OTHER_NAME = { getDatabaseVersion: "version" };

async function answer(engine, request) {
  const method = METHODS_BY_OTHER_NAME[request.method] ?? request.method;
  if (typeof engine[method] !== "function")
    throw new Error(`The schema engine has no method ${request.method}.`);
  const result = await engine[method](request.params ?? {});
  const plain = result instanceof Map ? Object.fromEntries(result) : (result ?? {});
  // The CLI expects a diff's text as a notification, as the native engine sends it.
  if (method === "diff" && plain.stdout) send({ id: 0, method: "print", params: { content: plain.stdout } });
  return plain;
}

async function serve({ datamodels, datasource }) {
  const { bindings, registry } = await loadEngine();
  const pending = new Set();
  // A WASM panic surfaces outside the promise of the call; unanswered requests would let the CLI end with exit 0 and no output.
  process.on("uncaughtException", (error) => {
    for (const id of pending) send({ id, error: rpcError(error, registry) });
    process.exitCode = 101;
    process.stdout.write("", () => process.exit(101));
  });
  let enginePromise = null;
  const engine = () => {
    enginePromise ??= bindings.SchemaEngine.new(
      { datamodels: datamodels.length > 0 ? datamodels : undefined },
      () => {},
      bindMigrationAwareSqlAdapterFactory(adapterFactory(datasource)),
    );
    return enginePromise;
  };
  const handle = async (request) => {
    pending.add(request.id);
    try {
      send({ id: request.id, result: await answer(await engine(), request) });
    } catch (error) {
      send({ id: request.id, error: rpcError(error, registry) });
    } finally {
      pending.delete(request.id);
    }
  };
  const running = new Set();
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => {
    const message = line.trim() ? JSON.parse(line) : {};
    if (!message.method) return;
    const task = handle(message).finally(() => running.delete(task));
    running.add(task);
  });
  lines.on("close", async () => {
    await Promise.allSettled(running);
    process.exit(0);
  });
}

function log(level, fields) {
  process.stderr.write(`${JSON.stringify({ level, target: "schema_engine::logger", fields })}\n`);
}

const quoteIdentifier = (name) => `"${name.replaceAll('"', '""')}"`;

/** `cli can-connect-to-database | create-database | drop-database`: exit 0, or one ERROR line and exit 1. */
async function runCommand(command, datasource) {
  const fields = connectionFields(datasource.url);
  const maintenance = { ...fields, database: "postgres", options: undefined };
  const statements = {
    "can-connect-to-database": [fields, "SELECT 1"],
    "create-database": [maintenance, `CREATE DATABASE ${quoteIdentifier(fields.database)}`],
    "drop-database": [maintenance, `DROP DATABASE ${quoteIdentifier(fields.database)}`],
  };
  // The CLI drops the first line it reads and parses the rest.
  log("INFO", { message: `Starting schema engine CLI ${command}` });
  try {
    const statement = statements[command];
    if (!statement) throw new Error(`Unknown command ${command}`);
    await runOnServer(...statement);
  } catch (error) {
    const errorCode = SQLSTATE_TO_PRISMA[error.code] ?? (error.syscall ? "P1001" : "P1011");
    const message =
      errorCode === "P1001"
        ? `Can't reach database server at \`${fields.host}:${fields.port}\``
        : error.message;
    log("ERROR", { is_panic: false, error_code: errorCode, message, meta: {} });
    process.exitCode = 1;
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: "string", multiple: true },
    datasource: { type: "string" },
    "enabled-preview-features": { type: "string" },
    "extension-types": { type: "string" },
    version: { type: "boolean" },
  },
});

const datasource = values.datasource ? JSON.parse(values.datasource) : undefined;
if (values.version) {
  const { version } = createRequire(import.meta.url)(
    createRequire(import.meta.url)
      .resolve(ENGINE_PACKAGE)
      .replace(/schema_engine\.js$/, "package.json"),
  );
  process.stdout.write(`schema-engine-cli ${version.split(".").at(-1)}\n`);
} else if (positionals[0] === "cli") {
  await runCommand(positionals[1], datasource);
} else {
  const datamodels = (values.datamodels ?? []).map((path) => [path, readFileSync(path, "utf8")]);
  await serve({ datamodels, datasource });
}
