import { type ReactNode, useId } from "react";
import { classNames } from "./class-names";

export interface FieldControl {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  isOptional?: boolean;
  className?: string;
  /** Draws the control with the ids that tie it to label, hint and error. */
  children: (control: FieldControl) => ReactNode;
}

/** A labelled control with its hint and its error, joined by `aria-describedby`. */
export function Field({ label, hint, error, isOptional = false, className, children }: FieldProps) {
  const id = useId();
  const describedBy = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={classNames("flex flex-col gap-1.5", className)}>
      <label htmlFor={id} className="flex items-baseline justify-between gap-3 font-medium text-sm">
        {label}
        {isOptional && <span className="font-normal text-ink-faint text-xs">Optional</span>}
      </label>
      {children({
        id,
        ...(describedBy && { "aria-describedby": describedBy }),
        ...(error && { "aria-invalid": true as const }),
      })}
      {error && (
        <p id={`${id}-error`} className="text-danger-ink text-sm">
          {error}
        </p>
      )}
      {hint && (
        <div id={`${id}-hint`} className="text-[13px] text-ink-muted leading-5">
          {hint}
        </div>
      )}
    </div>
  );
}
