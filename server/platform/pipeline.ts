// Several prepared statements in one round trip and one implicit transaction.
// The extended query protocol commits at Sync: statements sent before one Sync succeed or fail together, and a setting
// made `local` by the first holds for the others (PostgreSQL manual, 53.2.4 "Pipelining"). node-postgres sends a Sync
// after every statement, so this submits its own batch to the driver's connection.

import pg from "pg";

/** A statement with a name that is unique for its text; it is prepared once per connection. */
export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

type Row = Record<string, unknown>;

/**
 * Runs the statements in order and answers the rows of the last one. Any error rolls all of them back and is thrown as
 * the driver's DatabaseError.
 */
export async function runPipeline(pool: pg.Pool, statements: Statement[]): Promise<Row[]> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // The driver reports a lost connection on the client as well; unheard, that would end the process.
  const noteBroken = (error: Error) => {
    broken = error;
  };
  client.on("error", noteBroken);
  try {
    return await new Promise<Row[]>((resolve, reject) => {
      client.query(new Pipeline(statements, resolve, reject) as unknown as pg.Submittable);
    });
  } catch (error) {
    if ((error as { severity?: string }).severity !== "ERROR") broken ??= error as Error;
    throw error;
  } finally {
    if (!broken) client.off("error", noteBroken);
    client.release(broken);
  }
}

/** Runs the statements in order inside a transaction that does other things as well. */
export async function runInTransaction(
  tx: { $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number> },
  statements: Statement[],
): Promise<void> {
  for (const { text, values } of statements) await tx.$executeRawUnsafe(text, ...values);
}

interface FieldsMessage {
  fields: pg.FieldDef[];
}

/** The part of the driver's connection that a batch speaks to. */
interface Connection {
  stream: { cork(): void; uncork(): void };
  parse(message: { name: string; text: string; types: undefined }): void;
  bind(message: { statement: string; values: unknown[]; valueMapper: (value: unknown) => unknown }): void;
  describe(message: { type: "P"; name: string }): void;
  execute(message: { portal: string }): void;
  close(message: { type: "S"; name: string }): void;
  sync(): void;
}

// What each connection has prepared, by statement name: the row shape once it was described.
const prepared = new WeakMap<object, Map<string, pg.FieldDef[] | undefined>>();

class Pipeline {
  private readonly result = new (pg as unknown as ResultMaker).Result();
  private completed = 0;
  private failure: Error | undefined;
  private known: Map<string, pg.FieldDef[] | undefined> | undefined;

  constructor(
    private readonly statements: Statement[],
    private readonly resolve: (rows: Row[]) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  submit(connection: Connection): Error | null {
    this.known = prepared.get(connection) ?? new Map();
    prepared.set(connection, this.known);
    connection.stream.cork();
    try {
      for (const statement of this.statements) this.send(connection, statement, this.known);
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
    return null;
  }

  private send(connection: Connection, statement: Statement, known: Map<string, unknown>): void {
    if (!known.has(statement.name)) {
      // A batch that failed may have left the name behind; closing an absent statement is no error.
      connection.close({ type: "S", name: statement.name });
      connection.parse({ name: statement.name, text: statement.text, types: undefined });
    }
    connection.bind({ statement: statement.name, values: statement.values, valueMapper: prepareValue });
    if (known.get(statement.name) === undefined && this.isLast(statement)) {
      connection.describe({ type: "P", name: "" });
    } else if (this.isLast(statement)) {
      this.result.addFields(known.get(statement.name) as pg.FieldDef[]);
    }
    known.set(statement.name, known.get(statement.name));
    connection.execute({ portal: "" });
  }

  private isLast(statement: Statement): boolean {
    return statement === this.statements.at(-1);
  }

  handleRowDescription(message: FieldsMessage): void {
    const last = this.statements.at(-1);
    if (last) this.known?.set(last.name, message.fields);
    this.result.addFields(message.fields);
  }

  handleDataRow(message: { fields: unknown[] }): void {
    if (this.completed < this.statements.length - 1) return;
    this.result.addRow(this.result.parseRow(message.fields));
  }

  handleCommandComplete(): void {
    this.completed += 1;
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  handleCopyInResponse(): void {}

  handleCopyData(): void {}

  // Called for a refused statement (ReadyForQuery follows) and for a broken connection (nothing follows).
  handleError(error: Error): void {
    for (const { name } of this.statements) this.known?.delete(name);
    this.failure = error;
    this.reject(error);
  }

  handleReadyForQuery(): void {
    if (!this.failure) this.resolve(this.result.rows);
  }
}

interface ResultMaker {
  Result: new () => {
    rows: Row[];
    addFields(fields: pg.FieldDef[]): void;
    parseRow(fields: unknown[]): Row;
    addRow(row: Row): void;
  };
}

// The values that statements here carry: text, numbers, booleans, instants, bytes, arrays of text.
function prepareValue(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return `{${value.map(quoteElement).join(",")}}`;
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

function quoteElement(element: unknown): string {
  if (element === null || element === undefined) return "NULL";
  return `"${String(element).replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
}
