// Who is told when a subscription has changed: the open billing pages, and by mail those who can do something about it.

import type Stripe from "stripe";
import type { Subscription } from "../../platform/prisma/client";
import type { TenantId } from "../../platform/tenant-db";
import { paymentFailedMail, subscriptionEndedMail } from "../emails";
import type { PlatformTx } from "../intake/handler";
import { mailManagers } from "../letters";
import { tellBilling } from "../stream/tell";
import type { SubscriptionRow } from "./row";
import { isLive } from "./statuses";

interface News {
  row: SubscriptionRow;
  planId: string;
  stored: Subscription | null;
  fetched: Stripe.Subscription;
}

/** Tells in the transaction that stores the change. */
export async function announce(tx: PlatformTx, tenantId: TenantId, news: News): Promise<void> {
  const { row, planId, stored } = news;
  const { status, isCancelling, seatsBilled } = row;
  const isSame =
    stored?.status === status &&
    stored.planVersionId === row.planVersionId &&
    stored.isCancelling === isCancelling &&
    stored.periodEndAt.getTime() === row.periodEndAt.getTime();
  if (!isSame)
    await tellBilling(tx, tenantId, { type: "subscription", payload: { status, planId, isCancelling } });
  if (stored?.seatsBilled !== seatsBilled)
    await tellBilling(tx, tenantId, { type: "seats", payload: { billed: seatsBilled } });
  await sendMails(tx, tenantId, news);
}

async function sendMails(tx: PlatformTx, tenantId: TenantId, { row, stored, fetched }: News): Promise<void> {
  const { status, graceEndsAt } = row;
  if (status === "past_due" && stored?.status !== "past_due")
    await mailManagers(tx, tenantId, {
      cause: `payment_failed:${row.snapshot.latestInvoiceId ?? fetched.id}`,
      mailFor: (workspace) => paymentFailedMail(workspace, { graceEndsAt }),
    });
  if (status !== "canceled" || !stored || !isLive(stored.status)) return;
  const { plan } = await tx.planVersion.findUniqueOrThrow({
    where: { id: row.planVersionId },
    select: { plan: { select: { name: true } } },
  });
  await mailManagers(tx, tenantId, {
    cause: `subscription_ended:${fetched.id}`,
    mailFor: (workspace) => subscriptionEndedMail(workspace, { planName: plan.name }),
  });
}
