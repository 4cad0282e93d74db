// Copies of one's data: asked for, prepared by a job, kept for a week, and given to their owner alone.

import { recordAudit } from "../audit/log";
import type { SessionState } from "../auth/sessions";
import { findPerson } from "../auth/users";
import { fromNow, now } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import { newId } from "../platform/ids";
import { queueMail } from "../platform/mailer";
import { enqueue } from "../platform/queue";
import { readPiece, removeStored, store } from "../platform/storage";
import type { RequestInfo } from "../request";
import type { ExportPiece } from "./contract";
import { copyOf } from "./copy";
import { exportReadyMail } from "./emails";
import { EXPORT_KEPT_DAYS, TEXT_EXPORT_RUNNING } from "./terms";

export interface ExportItem {
  id: string;
  state: "preparing" | "ready";
  sizeBytes: number;
  createdAt: string;
  expiresAt: string;
}

export const EXPORT_JOB = "lifecycle.export";

const DAY_MS = 86_400_000;
const LIST_LENGTH_MAX = 10;

/** Begins a copy of the person's data. Throws `conflict` while one is being prepared. */
export async function startExport(
  session: SessionState,
  request: RequestInfo,
): Promise<{ exportId: string }> {
  const { userId } = session;
  const id = newId();
  await db().$transaction(async (tx) => {
    const row = { id, userId, createdAt: now(), expiresAt: fromNow(EXPORT_KEPT_DAYS * DAY_MS) };
    const { count } = await tx.dataExport.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) throw new AppError("conflict", TEXT_EXPORT_RUNNING);
    await enqueue(tx, EXPORT_JOB, { exportId: id }, { jobKey: `export:${id}` });
    await recordAudit(tx, { ...entry(userId, id, request), action: "account.export" });
  });
  return { exportId: id };
}

/** A person's copies that are not past their time, newest first. */
export async function listExports(userId: string): Promise<ExportItem[]> {
  const rows = await db().dataExport.findMany({
    where: { userId, expiresAt: { gt: now() } },
    orderBy: { createdAt: "desc" },
    take: LIST_LENGTH_MAX,
  });
  return rows.map(({ id, state, sizeBytes, createdAt, expiresAt }) => ({
    id,
    state,
    sizeBytes: Number(sizeBytes),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }));
}

/** One piece of an own copy; the first one is audited. Throws not_found for copies of others, unready and expired ones. */
export async function readExport(
  session: SessionState,
  { exportId, position }: ExportPiece,
  request: RequestInfo,
) {
  const { userId } = session;
  const found = await db().dataExport.findFirst({
    where: { id: exportId, userId, state: "ready", expiresAt: { gt: now() } },
  });
  if (!found) throw notFound("Copy");
  const piece = await readPiece(keyOf(found), position);
  if (piece === null && position === 0) throw notFound("Copy");
  if (position === 0) {
    await recordAudit(db(), { ...entry(userId, exportId, request), action: "account.export_download" });
  }
  const fileName = `parley-data-${found.createdAt.toISOString().slice(0, 10)}.zip`;
  return { fileName, sizeBytes: Number(found.sizeBytes), base64: piece?.toString("base64") ?? null };
}

/** Makes a copy and tells its owner. Repeated, it begins anew; a copy that is ready is left alone. */
export async function prepareExport(exportId: string): Promise<void> {
  const found = await platformDb().dataExport.findUnique({ where: { id: exportId } });
  const person = found && (await findPerson(found.userId));
  if (found?.state !== "preparing" || !person) return;
  const sizeBytes = await store(keyOf(found), copyOf(person));
  await platformDb().$transaction(async (tx) => {
    const { count } = await tx.dataExport.updateMany({
      where: { id: exportId, state: "preparing" },
      data: {
        state: "ready",
        sizeBytes,
        readyAt: now(),
        expiresAt: fromNow(EXPORT_KEPT_DAYS * DAY_MS),
      },
    });
    if (count === 1)
      await queueMail(tx, { to: person.email, ...exportReadyMail(), dedupeKey: `export:${exportId}` });
  });
}

/** Removes copies past their time, and those whose preparation was given up. The file goes before its row. */
export async function sweepExports(): Promise<void> {
  const givenUp = { state: "preparing" as const, createdAt: { lt: fromNow(-DAY_MS) } };
  const old = await platformDb().dataExport.findMany({
    where: { OR: [{ expiresAt: { lte: now() } }, givenUp] },
  });
  for (const row of old) {
    await removeStored(keyOf(row));
    await platformDb().dataExport.deleteMany({ where: { id: row.id } });
  }
}

function keyOf({ userId, id }: { userId: string; id: string }): string {
  return `exports/${userId}/${id}`;
}

function entry(userId: string, exportId: string, request: RequestInfo) {
  return {
    tenantId: null,
    actor: { type: "user" as const, id: userId },
    category: "auth" as const,
    target: { type: "data_export", id: exportId },
    request,
  };
}
