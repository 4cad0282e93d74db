// Prepared statements of a batch inside an interactive transaction, for work that must decide in between.

import type { Statement } from "./pipeline";
import type { Prisma } from "./prisma/client";

/** Runs the statements of a batch in order, in the caller's transaction. */
export async function runStatements(tx: Prisma.TransactionClient, statements: Statement[]): Promise<void> {
  for (const { text, values } of statements) await tx.$executeRawUnsafe(text, ...values.map(plain));
}

// As text an instant takes the column's type, which the client would else guess.
function plain(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}
