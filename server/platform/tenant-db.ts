// The only way to tenant tables. A unit of work names its tenant and person first; row-level security does the rest.
// Nothing slow happens inside: no password hash, no HTTP, no model call, no mail.

import type pg from "pg";
import { db, pool } from "./db";
import { runPipeline, type Statement } from "./pipeline";
import type { Prisma } from "./prisma/client";

declare const tenantIdBrand: unique symbol;
declare const tenantDbBrand: unique symbol;

/** A tenant that the caller has been proved to belong to. Made by `tenants/scope.ts` and by jobs, nowhere else. */
export type TenantId = string & { [tenantIdBrand]: true };

/** Prisma inside one tenant's transaction. */
export type TenantDb = Prisma.TransactionClient & { [tenantDbBrand]: true };

export interface TenantScope {
  tenantId: TenantId;
  userId: string;
}

/**
 * One short interactive transaction for one tenant. Its first statement binds the tenant and the person to the
 * transaction; everything that `work` does is committed together or not at all.
 */
export async function withTenant<T>(scope: TenantScope, work: (db: TenantDb) => Promise<T>): Promise<T> {
  return db().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT set_config('app.tenant_id', ${scope.tenantId}, true), set_config('app.user_id', ${scope.userId}, true)`;
    return work(tx as TenantDb);
  });
}

/** One short transaction in which a person's own memberships (and no tenant's content) can be read. */
export async function withUser<T>(
  userId: string,
  work: (db: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  return db().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT set_config('app.user_id', ${userId}, true)`;
    return work(tx);
  });
}

const BIND_USER = { name: "bind_user", text: "SELECT set_config('app.user_id', $1, true)" };

/**
 * Prepared statements in one round trip and one transaction, bound to a person and to no tenant. Answers the rows of the
 * last one, as the driver gives them; each statement sees what others have committed before it began.
 */
export async function queryUser<Row extends pg.QueryResultRow>(
  userId: string,
  ...statements: Statement[]
): Promise<Row[]> {
  return (await runPipeline(pool(), [{ ...BIND_USER, values: [userId] }, ...statements])) as Row[];
}

const BIND_TENANT = {
  name: "bind_tenant",
  text: "SELECT set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true)",
};

/**
 * One prepared statement for one tenant in one round trip, for hot reads: the binding and the statement travel together
 * and share one implicit transaction. Rows come as the driver gives them.
 */
export async function queryTenant<Row extends pg.QueryResultRow>(
  scope: TenantScope,
  statement: Statement,
): Promise<Row[]> {
  const bind = { ...BIND_TENANT, values: [scope.tenantId, scope.userId] };
  return (await runPipeline(pool(), [bind, statement])) as Row[];
}
