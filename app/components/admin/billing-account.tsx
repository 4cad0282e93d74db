import { Link } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { TenantAccount } from "../../../server/admin/billing/account";
import { Amount } from "./billing-amount";
import { type AccountDeed, DEEDS } from "./billing-deeds";
import { POLICY_LABELS } from "./billing-words";
import { Fact } from "./fact";

/** What one workspace has, what happens when it is low, and what its plan lets it do. */
export function AccountFacts({ account }: { account: TenantAccount }) {
  const { plan, standing, overrideUntil, policy, lowThresholdNano, floorNano } = account;
  return (
    <Card aria-label="Reserve">
      <dl className="divide-y divide-line">
        <Fact name="Balance">
          <strong className="font-semibold">
            <Amount nano={account.balanceNano} />
          </strong>
          , <Amount nano={account.heldNano} /> of it held
        </Fact>
        <Fact name="When it is low">
          {POLICY_LABELS[policy]}; low is below <Amount nano={lowThresholdNano} />
        </Fact>
        <Fact name="Credit floor">
          <Amount nano={floorNano} />
          {policy !== "warn" && <span className="text-ink-muted"> (counts with “warn” alone)</span>}
        </Fact>
        <Fact name="Plan">
          <span className="capitalize">{plan ?? "None"}</span>
          {standing && (
            <Badge tone={standing === "suspended" ? "danger" : "secondary"} className="ml-2">
              {standing.replace("_", " ")}
            </Badge>
          )}
        </Fact>
        <Fact name="Blocks">
          {overrideUntil ? (
            <>
              Lifted until <LocalTime value={overrideUntil} hasTime />
            </>
          ) : (
            "As the plan says"
          )}
        </Fact>
        <Fact name="Workspace">
          <Link to={`/admin/tenants/${account.tenantId}`} className="underline underline-offset-4">
            {account.slug}
          </Link>
        </Fact>
      </dl>
    </Card>
  );
}

/** What can be decided about a workspace's money; each question has an address of its own. */
export function AccountDeeds() {
  return (
    <Card aria-labelledby="deeds">
      <CardHeader
        id="deeds"
        title="Actions"
        description="Each one is written to the workspace's audit log with your name and your reason."
      />
      <ul className="divide-y divide-line border-line border-t">
        {(Object.entries(DEEDS) as [AccountDeed, (typeof DEEDS)[AccountDeed]][]).map(([intent, deed]) => (
          <li key={intent} className="flex flex-wrap items-center justify-between gap-3 px-5 py-3.5 sm:px-6">
            <p className="min-w-0 max-w-xl flex-1 basis-64 text-ink-muted text-sm">{deed.description}</p>
            <Link to={`?act=${intent}`} preventScrollReset className={buttonClass("secondary", "sm")}>
              {deed.label}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
