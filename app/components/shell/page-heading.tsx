import type { ReactNode } from "react";

export interface PageHeadingProps {
  title: string;
  description?: ReactNode;
  action?: ReactNode;
}

/** The one `<h1>` of a page inside the shell. */
export function PageHeading({ title, description, action }: PageHeadingProps) {
  return (
    <div className="mb-8 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
      <div className="min-w-0">
        <h1 className="font-semibold text-2xl [overflow-wrap:anywhere]">{title}</h1>
        {description && (
          <p className="mt-1.5 max-w-2xl text-ink-muted [overflow-wrap:anywhere]">{description}</p>
        )}
      </div>
      {action}
    </div>
  );
}
