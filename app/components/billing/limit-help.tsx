// What helps somebody whom a limit holds up: which one it is, and the way out for those who may take it.

import { Link, useParams, useRouteLoaderData } from "@remix-run/react";
import type { Permission } from "../../../server/tenants/terms";
import { roundDollars } from "../../../server/wallet/terms";
import type { RefusedLimit } from "../chat/failure";
import { grouped, METER_NOUNS } from "./words";

const TENANT_ROUTE = "routes/t.$tenant";

interface Way {
  page: "limits" | "billing";
  /** For those who look after the money. */
  act: string;
  /** What the others do. */
  otherwise: string;
  /** Where they do it; null where talking to an admin is all there is. */
  otherwiseAt: "limits" | null;
}

const WAYS: Record<string, Way> = {
  monthly_cap_reached: {
    page: "limits",
    act: "Adjust limits",
    otherwise: "Ask an admin to raise it",
    otherwiseAt: "limits",
  },
  reserve_insufficient: {
    page: "billing",
    act: "Top up the reserve",
    otherwise: "Ask an admin to top it up.",
    otherwiseAt: null,
  },
  usage_limit_exceeded: {
    page: "billing",
    act: "See the plan",
    otherwise: "Ask an admin to change the plan.",
    otherwiseAt: null,
  },
  subscription_inactive: {
    page: "billing",
    act: "Open billing",
    otherwise: "Ask an admin to renew it.",
    otherwiseAt: null,
  },
};

/** Nothing for a reason that no limit is behind. */
export function LimitHelp({ reason, limit }: { reason: string | null; limit: RefusedLimit | null }) {
  const way = reason === null ? undefined : WAYS[reason];
  return way ? <WayOut way={way} limit={limit} /> : null;
}

function WayOut({ way, limit }: { way: Way; limit: RefusedLimit | null }) {
  const { tenant } = useParams();
  const frame = useRouteLoaderData<{ permissions: Permission[]; hasBilling: boolean }>(TENANT_ROUTE);
  const mayAct =
    frame?.permissions.includes("billing.manage") === true && (way.page !== "billing" || frame.hasBilling);
  const target = mayAct ? way.page : way.otherwiseAt;
  const label = mayAct ? way.act : way.otherwise;
  return (
    <span className="block">
      {limit && `${whichOf(limit)} `}
      {target === null ? (
        label
      ) : (
        <Link
          to={`/t/${tenant}/${target}`}
          className="whitespace-nowrap font-medium underline underline-offset-2"
        >
          {label}
        </Link>
      )}
    </span>
  );
}

function whichOf({ plan, feature = "", limit = "0", usage = "0", window }: RefusedLimit): string {
  if (feature === "member_monthly_spend")
    return `Your own limit: ${roundDollars(usage)} of ${roundDollars(limit)} this month.`;
  if (feature === "monthly_spend")
    return `The workspace's limit: ${roundDollars(usage)} of ${roundDollars(limit)} this month.`;
  const noun = feature in METER_NOUNS ? METER_NOUNS[feature as keyof typeof METER_NOUNS] : feature;
  const span = window === "day" ? "today" : "this month";
  return `${grouped(usage)} of ${grouped(limit)} ${noun} of the plan${plan ? ` ${plan}` : ""} ${span}.`;
}
