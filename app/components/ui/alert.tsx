import type { ReactNode } from "react";
import { classNames } from "./class-names";

export type AlertTone = "danger" | "warning" | "success" | "info";

const TONE_CLASSES: Record<AlertTone, string> = {
  danger: "bg-danger-soft text-danger-ink",
  warning: "bg-warning-soft text-warning-ink",
  success: "bg-success-soft text-success-ink",
  info: "bg-sunken text-ink",
};

export interface AlertProps {
  tone?: AlertTone;
  children: ReactNode;
  className?: string;
}

/** A message that stays in the page. Errors interrupt a screen reader, everything else waits its turn. */
export function Alert({ tone = "info", children, className }: AlertProps) {
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      tabIndex={-1}
      data-alert={tone}
      className={classNames("rounded-md px-4 py-3 text-sm", TONE_CLASSES[tone], className)}
    >
      {children}
    </div>
  );
}
