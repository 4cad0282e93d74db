import { Link } from "@remix-run/react";

/** What the access page can show, one at a time; the address says which. */
export const ACCESS_VIEWS = [
  { view: "pending", label: "Waiting requests" },
  { view: "approved", label: "Approved" },
  { view: "rejected", label: "Rejected" },
  { view: "active", label: "Open invites" },
  { view: "used", label: "Used" },
  { view: "expired", label: "Expired" },
  { view: "revoked", label: "Revoked" },
] as const;
export type AccessView = (typeof ACCESS_VIEWS)[number]["view"];

export function AccessViews({ current }: { current: AccessView }) {
  return (
    <nav
      aria-label="Requests and invites"
      className="flex flex-wrap gap-1 border-line border-b px-4 py-3 sm:px-5"
    >
      {ACCESS_VIEWS.map(({ view, label }) => (
        <Link
          key={view}
          to={`?view=${view}`}
          aria-current={view === current ? "page" : undefined}
          preventScrollReset
          className="inline-flex items-center rounded-md px-2.5 py-1.5 text-ink-muted text-sm hover:bg-hover aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink pointer-coarse:min-h-11"
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
