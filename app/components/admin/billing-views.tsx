import { Views } from "~/components/ui/views";

const VIEWS = [
  { to: "/admin/billing", label: "Reserves" },
  { to: "/admin/billing/costs", label: "Costs" },
  { to: "/admin/billing/adjustments", label: "Adjustments" },
  { to: "/admin/billing/rates", label: "Prices", isExact: false },
  { to: "/admin/billing/holds", label: "Open holds" },
];

/** The way between the operators' pages of billing. */
export function AdminBillingViews() {
  return <Views label="Billing" views={VIEWS} />;
}
