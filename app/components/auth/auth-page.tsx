import type { ReactNode } from "react";

export interface AuthPageProps {
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** The way to the neighbouring page. */
  footer?: ReactNode;
}

/** One column of an auth page: heading, what it is about, the form, the way on. */
export function AuthPage({ title, description, children, footer }: AuthPageProps) {
  return (
    <>
      <h1 className="font-semibold text-[28px] leading-9">{title}</h1>
      {description && <p className="mt-2 text-ink-muted">{description}</p>}
      <div className="mt-8">{children}</div>
      {footer && <div className="mt-8 text-ink-muted text-sm">{footer}</div>}
    </>
  );
}
