// What is said when money runs short: one mail to each owner and admin for each alarm, and a row in the audit log when a
// cap refuses calls. The alarm's row is written by whoever crossed first; this is the job that follows it.

import { z } from "zod";
import { recordAudit } from "../audit/log";
import { platformDb } from "../platform/db";
import { queueMail } from "../platform/mailer";
import { defineJob } from "../platform/queue";
import { tenantIdOfJob } from "../tenants/scope";
import { alarmMail } from "./emails";

const AlarmJob = z.object({
  tenantId: z.uuid(),
  kind: z.string(),
  subject: z.string(),
  threshold: z.number().int(),
});
type AlarmJob = z.infer<typeof AlarmJob>;

export const alarmJob = defineJob({ name: "wallet.alarm", payload: AlarmJob, run: tellOfAlarm });

// Across memberships of a workspace without a person asking: the platform role's work. Repeated, it writes nothing twice.
async function tellOfAlarm(job: AlarmJob): Promise<void> {
  const tenantId = tenantIdOfJob(job);
  const key = ["alarm", job.tenantId, job.kind, job.subject, job.threshold].join(":");
  await platformDb().$transaction(async (tx) => {
    const workspace = await tx.tenant.findUnique({
      where: { id: tenantId },
      select: { name: true, slug: true },
    });
    if (!workspace) return;
    const people = await tx.tenantMember.findMany({
      where: { tenantId, role: { in: ["owner", "admin"] } },
      select: { userId: true, user: { select: { email: true } } },
    });
    const { kind, threshold } = job;
    for (const { userId, user } of people)
      await queueMail(tx, {
        ...alarmMail({ kind, threshold, workspace }),
        to: user.email,
        dedupeKey: `${key}:${userId}`,
      });
    if (kind !== "cap_reached" && kind !== "member_cap_reached") return;
    await recordAudit(tx, {
      tenantId,
      actor: { type: "system", id: null },
      action: "cap_reached",
      category: "billing",
      target: targetOf(job),
    });
  });
}

// A cap's subject begins with whose it is.
function targetOf({ kind, subject, tenantId }: AlarmJob): { type: string; id: string } {
  if (kind === "cap_reached") return { type: "tenant", id: tenantId };
  return { type: "user", id: subject.split(" ")[0] ?? "" };
}
