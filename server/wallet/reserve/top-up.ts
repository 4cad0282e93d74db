// Filling the reserve. Until a payment provider is connected, money appears here in development only, so that everything
// behind it can be tried; in production nothing is credited that nobody has paid.

import { recordAudit } from "../../audit/log";
import { config } from "../../platform/config";
import { platformDb } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import type { Scope } from "../../tenants/scope";
import type { TopUp } from "../contract";
import { bookReserve } from "../ledger";
import { NANO_PER_CENT, TEXT_NO_PAYMENTS } from "../terms";

/** Credits the reserve at once and answers where to go on. Throws `unavailable` in production. */
export async function topUp(scope: Scope, { amountCents }: TopUp): Promise<{ url: string }> {
  if (config().isProduction) throw new AppError("unavailable", TEXT_NO_PAYMENTS);
  const { tenantId, userId } = scope;
  const amountNano = BigInt(amountCents) * NANO_PER_CENT;
  const sourceRef = `development:${newId()}`;
  // The platform role's work: no request of a workspace may write its books.
  await platformDb().$transaction(async (tx) => {
    const actor = { type: "user" as const, id: userId };
    await bookReserve(tx, tenantId, { kind: "topup", amountNano, sourceRef, actor, reason: "Development" });
    await recordAudit(tx, {
      tenantId,
      actor: scope.actor,
      action: "reserve.top_up",
      category: "billing",
      target: { type: "tenant", id: tenantId },
      metadata: { amountNano: amountNano.toString(), sourceRef },
      request: scope.request,
    });
  });
  return { url: `/t/${scope.tenant.slug}/billing` };
}
