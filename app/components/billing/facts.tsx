import type { ReactNode } from "react";

/** What is true now, side by side where there is room. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid gap-4 border-line border-t px-5 py-5 sm:grid-cols-3 sm:px-6">{children}</dl>;
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[13px] text-ink-muted">{label}</dt>
      <dd className="tabular-nums [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
