import { Views } from "~/components/ui/views";

const VIEWS = [
  { to: "/admin/billing", label: "Reserves" },
  { to: "/admin/billing/costs", label: "Costs" },
  { to: "/admin/billing/adjustments", label: "Adjustments" },
  { to: "/admin/billing/rates", label: "Prices", isExact: false },
  { to: "/admin/billing/holds", label: "Open holds" },
];

const STRIPE_VIEWS = [
  { to: "/admin/billing/events", label: "Stripe events", isExact: false },
  { to: "/admin/billing/differences", label: "Differences" },
];

/** The way between the operators' pages of billing. */
export function AdminBillingViews({ hasBilling }: { hasBilling: boolean }) {
  return <Views label="Billing" views={hasBilling ? [...VIEWS, ...STRIPE_VIEWS] : VIEWS} />;
}
