// The books are recomputed from their rows once a day, or when an operator asks: every balance, hold, counter, cost and sum
// of use. A difference is an alarm: a row, a metric, a line in the log, and one mail to the operators of billing when it is new.

import { auditDeed, type Officer } from "../auth/sign-in/officer";
import { PLATFORM_ROLE_PERMISSIONS, PLATFORM_ROLES } from "../auth/terms";
import { now } from "../platform/clock";
import { platformDb, platformPool } from "../platform/db";
import { newId } from "../platform/ids";
import { logger } from "../platform/logger";
import { queueMail } from "../platform/mailer";
import { readGauge } from "../platform/metrics";
import type { Prisma } from "../platform/prisma/client";
import { enqueue } from "../platform/queue";
import { booksMail } from "./emails";
import { FAULTS_SHOWN_MAX, RUNS_SHOWN_MAX } from "./terms";

export interface WalletFault {
  tenantId: string;
  fault: string;
}

export interface BooksReport {
  /** Newest first. */
  runs: {
    id: string;
    /** The operator who asked; null for the schedule. */
    askedBy: string | null;
    startedAt: string;
    endedAt: string;
    faultCount: number;
    newFaultCount: number;
  }[];
  /** What the last run found, oldest first, and how many there are in all. */
  faults: (WalletFault & { firstSeenAt: string })[];
  faultCount: number;
}

export const RECONCILE_JOB = "wallet.reconcile";
const CHECKERS = PLATFORM_ROLES.filter((role) => PLATFORM_ROLE_PERMISSIONS[role].has("billing.manage"));
const STILL_OPEN = { resolvedAt: null };

const log = logger("wallet");

readGauge("wallet_faults", "Differences in the books that the last reconciliation found", () =>
  platformDb().bookFault.count({ where: STILL_OPEN }),
);

/** Everything that does not hold in the books, of one workspace or of all; empty when they are in order. */
export async function listWalletFaults(tenantId: string | null = null): Promise<WalletFault[]> {
  const { rows } = await platformPool().query<WalletFault>(
    `SELECT tenant_id AS "tenantId", fault FROM wallet_faults($1)
      UNION ALL SELECT tenant_id, fault FROM usage_rollup_faults($1)`,
    [tenantId],
  );
  return rows;
}

/** Recomputes all books, keeps what it found, and says loudly what is off. Of two runs at once the later one waits. */
export async function reconcile(askedBy: string | null = null): Promise<void> {
  const startedAt = now();
  const faults = await listWalletFaults();
  for (const { tenantId, fault } of faults)
    log.error({ event: "wallet.fault", tenant_id: tenantId, fault }, "the books do not agree");
  await platformDb().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('reconciliation', 0))`;
    const fresh = await keepFaults(tx, faults, startedAt);
    const run = { id: newId(), askedBy, startedAt, endedAt: now() };
    await tx.reconciliationRun.create({
      data: { ...run, faultCount: faults.length, newFaultCount: fresh.length },
    });
    if (fresh.length > 0) await tellOperators(tx, run.id, fresh);
  });
}

/** Asks for a run now: it is made outside the request, and of several that wait, one is. Audited. */
export async function askForReconciliation(officer: Officer): Promise<void> {
  const { userId } = officer.session;
  await platformDb().$transaction(async (tx) => {
    await enqueue(tx, RECONCILE_JOB, { askedBy: userId }, { jobKey: RECONCILE_JOB });
    await auditDeed(tx, officer, { action: "reconcile", tenantId: null, metadata: {} });
  });
}

/** The last runs, and what is off since. */
export async function readBooks(): Promise<BooksReport> {
  const { reconciliationRun, bookFault } = platformDb();
  const [runs, faults, faultCount] = await Promise.all([
    reconciliationRun.findMany({ orderBy: { startedAt: "desc" }, take: RUNS_SHOWN_MAX }),
    bookFault.findMany({
      where: STILL_OPEN,
      orderBy: [{ firstSeenAt: "asc" }, { tenantId: "asc" }, { fault: "asc" }],
      take: FAULTS_SHOWN_MAX,
    }),
    bookFault.count({ where: STILL_OPEN }),
  ]);
  return {
    runs: runs.map(({ startedAt, endedAt, ...run }) => ({
      ...run,
      startedAt: startedAt.toISOString(),
      endedAt: endedAt.toISOString(),
    })),
    faults: faults.map(({ tenantId, fault, firstSeenAt }) => ({
      tenantId,
      fault,
      firstSeenAt: firstSeenAt.toISOString(),
    })),
    faultCount,
  };
}

/** Notes what is off and what no longer is; answers the faults that were not open before. */
async function keepFaults(
  tx: Prisma.TransactionClient,
  faults: WalletFault[],
  at: Date,
): Promise<WalletFault[]> {
  const tenants = faults.map(({ tenantId }) => tenantId);
  const texts = faults.map(({ fault }) => fault);
  const fresh = await tx.$queryRaw<WalletFault[]>`
    SELECT DISTINCT f.tenant_id AS "tenantId", f.fault
      FROM unnest(${tenants}::uuid[], ${texts}::text[]) AS f(tenant_id, fault)
     WHERE NOT EXISTS (SELECT FROM book_faults b
             WHERE b.tenant_id = f.tenant_id AND b.fault = f.fault AND b.resolved_at IS NULL)`;
  await tx.$executeRaw`
    INSERT INTO book_faults AS b (tenant_id, fault, first_seen_at, last_seen_at)
      SELECT DISTINCT f.tenant_id, f.fault, ${at}::timestamptz, ${at}::timestamptz
        FROM unnest(${tenants}::uuid[], ${texts}::text[]) AS f(tenant_id, fault)
    ON CONFLICT (tenant_id, fault) DO UPDATE
      SET last_seen_at = greatest(b.last_seen_at, excluded.last_seen_at), resolved_at = NULL,
          first_seen_at = CASE WHEN b.resolved_at IS NULL THEN b.first_seen_at ELSE excluded.first_seen_at END`;
  await tx.bookFault.updateMany({
    where: { ...STILL_OPEN, lastSeenAt: { lt: at } },
    data: { resolvedAt: at },
  });
  return fresh;
}

async function tellOperators(
  tx: Prisma.TransactionClient,
  runId: string,
  fresh: WalletFault[],
): Promise<void> {
  const people = await tx.user.findMany({
    where: { platformRole: { in: CHECKERS }, disabledAt: null },
    select: { id: true, email: true },
  });
  for (const { id, email } of people)
    await queueMail(tx, { ...booksMail(fresh), to: email, dedupeKey: `books:${runId}:${id}` });
}
