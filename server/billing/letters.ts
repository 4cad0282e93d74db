// Mails about what is paid, to those who can do something about it: owners and admins, each of them once for each cause.

import type { Mail } from "../auth/mail-layout";
import { queueMail } from "../platform/mailer";
import type { Prisma } from "../platform/prisma/client";
import type { TenantId } from "../platform/tenant-db";

export interface Workspace {
  name: string;
  slug: string;
}

/** Queues a mail in the caller's transaction of the platform role; `cause` is what it is about, and told of once. */
export async function mailManagers(
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
  { cause, mailFor }: { cause: string; mailFor: (workspace: Workspace) => Mail },
): Promise<void> {
  const workspace = await tx.tenant.findUnique({
    where: { id: tenantId, deletedAt: null },
    select: { name: true, slug: true },
  });
  if (!workspace) return;
  const mail = mailFor(workspace);
  const people = await tx.tenantMember.findMany({
    where: { tenantId, role: { in: ["owner", "admin"] } },
    select: { userId: true, user: { select: { email: true } } },
  });
  for (const { userId, user } of people)
    await queueMail(tx, { ...mail, to: user.email, dedupeKey: `billing:${cause}:${userId}` });
}
