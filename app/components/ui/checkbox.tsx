import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names";

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type"> {
  label: ReactNode;
}

/** The browser's own checkbox in Parley's colour, with its label as part of the target. */
export function Checkbox({ label, className, ...rest }: CheckboxProps) {
  return (
    <label
      className={classNames(
        "inline-flex cursor-pointer items-center gap-2.5 text-sm pointer-coarse:min-h-11",
        className,
      )}
    >
      <input type="checkbox" {...rest} className="size-4 shrink-0 accent-accent" />
      <span>{label}</span>
    </label>
  );
}
