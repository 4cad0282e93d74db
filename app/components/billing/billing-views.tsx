import { NavLink, useParams } from "@remix-run/react";

const VIEWS = [
  { path: "", label: "Overview" },
  { path: "/plan", label: "Plan" },
  { path: "/invoices", label: "Invoices" },
  { path: "/usage", label: "Usage" },
  { path: "/events", label: "Events" },
] as const;

/** The way between the pages of a workspace's billing. */
export function BillingViews() {
  const { tenant } = useParams();
  return (
    <nav aria-label="Billing" className="mb-6 flex flex-wrap border-line border-b sm:gap-1">
      {VIEWS.map(({ path, label }) => (
        <NavLink
          key={path}
          to={`/t/${tenant}/billing${path}`}
          end
          className="border-transparent border-b-2 px-2 py-2 text-ink-muted text-sm sm:px-3 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
        >
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
