// The database side of the schema engine: adapter-pg, taught what migrations ask of it beyond what queries do.
import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum, DriverAdapterError } from "@prisma/driver-adapter-utils";
import pg from "pg";

const OID = { char: 18, text: 25 };
// The catalogue's own types that adapter-pg does not know and that read as text: name, int2vector, regproc, pg_node_tree, regclass, regtype.
const TEXT_LIKE_OIDS = new Set([19, 22, 24, 194, 2205, 2206]);

/** The connection's fields one by one: with `connectionString` pg ignores `database`, and the shadow database would be the real one. */
export function connectionFields(url) {
  const parsed = new URL(url);
  const sslMode = parsed.searchParams.get("sslmode");
  const schema = parsed.searchParams.get("schema");
  return {
    host: decodeURIComponent(parsed.hostname.replace(/^\[|\]$/g, "")) || "localhost",
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    ...(sslMode && sslMode !== "disable"
      ? { ssl: { rejectUnauthorized: sslMode.startsWith("verify") } }
      : {}),
    ...(schema ? { options: `-c search_path="${schema}"`, schema } : {}),
  };
}

/** One session per database: the engine's advisory lock belongs to the connection that took it. */
function singleConnectionPool(fields) {
  return new pg.Pool({ ...fields, max: 1, idleTimeoutMillis: 0, connectionTimeoutMillis: 15_000 });
}

/** Relabels catalogue columns that the adapter refuses, then names single characters as such. */
function teachCatalogueTypes(queryable) {
  const queryRaw = Object.getPrototypeOf(Object.getPrototypeOf(queryable)).queryRaw;
  queryable.queryRaw = async (query) => {
    const result = await queryable.performIO(query);
    const oids = result.fields.map((field) => field.dataTypeID);
    for (const field of result.fields) {
      if (field.dataTypeID === OID.char || TEXT_LIKE_OIDS.has(field.dataTypeID)) field.dataTypeID = OID.text;
    }
    const answered = Object.create(queryable, { performIO: { value: async () => result } });
    const answer = await queryRaw.call(answered, query);
    const columnTypes = answer.columnTypes.map((type, index) =>
      oids[index] === OID.char ? ColumnTypeEnum.Character : type,
    );
    return { ...answer, columnTypes };
  };
  return queryable;
}

/** Sends scripts whole through the simple protocol: splitting them on semicolons breaks `$$` bodies. */
function teachScripts(adapter, pool) {
  adapter.executeScript = async (script) => {
    try {
      await pool.query(script);
    } catch (error) {
      adapter.onError(error);
    }
  };
  return adapter;
}

async function connectAdapter(fields, dispose) {
  const pool = singleConnectionPool(fields);
  const adapter = await new PrismaPg(pool, { schema: fields.schema }).connect();
  const startTransaction = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (isolationLevel) =>
    teachCatalogueTypes(await startTransaction(isolationLevel));
  adapter.dispose = async () => {
    await pool.end();
    await dispose?.();
  };
  return teachScripts(teachCatalogueTypes(adapter), pool);
}

/** One statement on a connection of its own. */
export async function runOnServer(fields, sql) {
  const client = new pg.Client(fields);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** What the engine connects with: the database of `datasource` and shadow databases beside it. */
export function adapterFactory(datasource) {
  const requireFields = () => {
    if (!datasource?.url) {
      throw new DriverAdapterError({
        kind: "postgres",
        code: "N/A",
        severity: "FATAL",
        message: "No database URL: set DATABASE_OWNER_URL.",
      });
    }
    return connectionFields(datasource.url);
  };
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: async () => connectAdapter(requireFields()),
    connectToShadowDb: async () => {
      if (datasource?.shadowDatabaseUrl)
        return connectAdapter(connectionFields(datasource.shadowDatabaseUrl));
      const fields = requireFields();
      const database = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
      await runOnServer(fields, `CREATE DATABASE "${database}" TEMPLATE template0`);
      return connectAdapter({ ...fields, database }, () =>
        runOnServer(fields, `DROP DATABASE "${database}"`),
      );
    },
  };
}
