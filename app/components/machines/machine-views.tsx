import { NavLink } from "@remix-run/react";

const VIEWS = [
  { to: "/account/automation", label: "Tokens" },
  { to: "/account/automation/issue", label: "Issue a token" },
  { to: "/account/automation/accounts", label: "Accounts" },
] as const;

/** The way between the pages of machine accounts. */
export function MachineViews() {
  return (
    <nav aria-label="Automation" className="flex flex-wrap gap-1 border-line border-b">
      {VIEWS.map(({ to, label }) => (
        <NavLink
          key={to}
          to={to}
          end
          className="border-transparent border-b-2 px-3 py-2 text-ink-muted text-sm hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
        >
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
