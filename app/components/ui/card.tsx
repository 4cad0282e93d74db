import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names";

const BORDER_CLASS = { plain: "border-line", accent: "border-accent", danger: "border-danger" };

export interface CardProps extends ComponentProps<"section"> {
  /** Sets apart what asks something, or what harms. */
  tone?: keyof typeof BORDER_CLASS;
}

export function Card({ className, tone = "plain", ...rest }: CardProps) {
  return (
    <section
      {...rest}
      className={classNames(
        "min-w-0 rounded-lg border bg-surface shadow-card",
        BORDER_CLASS[tone],
        className,
      )}
    />
  );
}

export interface CardHeaderProps {
  title: ReactNode;
  description?: ReactNode;
  action?: ReactNode;
  id?: string;
}

/** Heading of a card; give it an id and the card an `aria-labelledby`. */
export function CardHeader({ title, description, action, id }: CardHeaderProps) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3 px-5 pt-5 pb-4 sm:px-6">
      <div className="min-w-0 flex-1 basis-40">
        <h2 id={id} className="font-semibold text-base">
          {title}
        </h2>
        {description && <p className="mt-1 text-ink-muted text-sm">{description}</p>}
      </div>
      {action}
    </div>
  );
}
