import type { ReactNode } from "react";
import { classNames } from "./class-names";

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** Why it is empty and what helps. */
  description?: ReactNode;
  action?: ReactNode;
  className?: string;
}

export function EmptyState({ icon, title, description, action, className }: EmptyStateProps) {
  return (
    <div className={classNames("flex flex-col items-center gap-2 px-6 py-10 text-center", className)}>
      {icon && (
        <span
          aria-hidden="true"
          className="mb-1 rounded-full bg-accent-soft p-3 text-accent-ink [&_svg]:size-5"
        >
          {icon}
        </span>
      )}
      <p className="font-medium">{title}</p>
      {description && <p className="max-w-sm text-ink-muted text-sm">{description}</p>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}
