// A person's data as one zip file: a JSON list per table, the picture, and a manifest with counts and hashes. All of it
// is one snapshot of the database, read row by row and packed as it comes, so that no account is too large for memory.

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type pg from "pg";
import { ZipFile } from "yazl";
import { readAvatar } from "../auth/account/avatar";
import { now } from "../platform/clock";
import { platformPool } from "../platform/db";
import { exportTable, type Person, type TableData } from "../platform/personal-data";
import { DATA_MAP } from "./data-map";

interface CopiedFile {
  name: string;
  rows: number;
  sha256: string;
}

/** The bytes of a person's zip file. */
export async function* copyOf(person: Person): AsyncGenerator<Uint8Array> {
  const avatar = await readAvatar(person.id);
  const client = await platformPool().connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query("SET LOCAL TIME ZONE 'UTC'");
    const zip = new ZipFile();
    const output = Readable.from(zip.outputStream as AsyncIterable<Uint8Array>);
    zip.on("error", (error: Error) => output.destroy(error));
    const files: CopiedFile[] = [];
    for (const { room, tables } of DATA_MAP) {
      for (const table of tables.filter(isExported)) {
        add(zip, `${room}/${table.table}.json`, jsonList({ client, table, person, room, files }));
      }
    }
    if (avatar) zip.addBuffer(avatar.bytes, `picture.${avatar.extension}`);
    add(zip, "manifest.json", manifest(files));
    zip.end();
    yield* output;
  } finally {
    await client.query("ROLLBACK").finally(() => client.release());
  }
}

function isExported({ ofPerson, exported = [] }: TableData): boolean {
  return ofPerson !== undefined && exported.length > 0;
}

// Lazily: entries are made one after the other, since they share the connection.
function add(zip: ZipFile, name: string, text: AsyncGenerator<string>): void {
  zip.addReadStreamLazy(name, { mtime: now() }, (take) => take(null, Readable.from(text)));
}

async function* jsonList(copy: {
  client: pg.PoolClient;
  table: TableData;
  person: Person;
  room: string;
  files: CopiedFile[];
}): AsyncGenerator<string> {
  const { client, table, person, room, files } = copy;
  const hash = createHash("sha256");
  let rows = 0;
  const hashed = (text: string) => {
    hash.update(text);
    return text;
  };
  yield hashed("[");
  for await (const row of exportTable(client, table, person)) {
    yield hashed(`${rows === 0 ? "\n" : ",\n"}${row}`);
    rows += 1;
  }
  yield hashed("\n]\n");
  files.push({ name: `${room}/${table.table}.json`, rows, sha256: hash.digest("hex") });
}

async function* manifest(files: CopiedFile[]): AsyncGenerator<string> {
  const head = { format: "parley.account", version: 1, createdAt: now().toISOString() };
  yield `${JSON.stringify({ ...head, files }, null, 2)}\n`;
}
