import { NavLink } from "@remix-run/react";

export interface ViewsProps {
  /** What the pages are about. */
  label: string;
  views: readonly { to: string; label: string; isExact?: boolean }[];
}

/** The way between pages that belong together. */
export function Views({ label, views }: ViewsProps) {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-1 border-line border-b">
      {views.map(({ to, label, isExact = true }) => (
        <NavLink
          key={to}
          to={to}
          end={isExact}
          className="border-transparent border-b-2 px-3 py-2 text-ink-muted text-sm hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
        >
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
