import type { ReactNode } from "react";

/** One line of a list of facts; goes into a `<dl>`. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1 px-5 py-3.5 text-sm sm:flex-row sm:gap-6 sm:px-6">
      <dt className="w-44 shrink-0 text-ink-muted">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
