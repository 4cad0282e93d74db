// The end of the audit log: what is older than 365 days is cut off the beginning of its chain, which stays verifiable
// from the checkpoint that the cut leaves. The database keeps the number of days and refuses anything younger. And its
// heads, signed and sent elsewhere.

import { z } from "zod";
import { platformDb } from "../platform/db";
import { newId } from "../platform/ids";
import { defineJob, type Job, type Schedule } from "../platform/queue";
import { sealHeads } from "./seals";

const cut = defineJob({ name: "audit.cut", payload: z.unknown(), run: cutChains });

const seal = defineJob({ name: "audit.seal", payload: z.unknown(), run: sealHeads });

export const jobs: Job[] = [cut, seal];
export const schedules: Schedule[] = [
  { cron: "41 2 * * *", job: cut.name },
  { cron: "*/15 * * * *", job: seal.name },
];

/** Cuts every chain in a transaction of its own, as the platform role. */
export async function cutChains(): Promise<void> {
  const heads = await platformDb().auditHead.findMany({ select: { chain: true } });
  for (const { chain } of heads) await platformDb().$queryRaw`SELECT audit_cut(${chain}, ${newId()}::uuid)`;
}
