import { type ComponentProps, forwardRef } from "react";
import { classNames } from "./class-names";

/** `aria-invalid` colours the border. */
export const CONTROL_CLASS = classNames(
  "w-full rounded-md border border-line-strong bg-surface text-ink transition-colors",
  "hover:border-ink-muted focus-visible:border-focus focus-visible:outline-1 focus-visible:outline-offset-0",
  "aria-invalid:border-danger disabled:cursor-not-allowed disabled:opacity-60",
  // 16 px keeps phones from zooming into the field.
  "text-base sm:text-[15px]",
);

export const Input = forwardRef<HTMLInputElement, ComponentProps<"input">>(function Input(
  { className, ...rest },
  ref,
) {
  return (
    <input
      type="text"
      {...rest}
      ref={ref}
      className={classNames(CONTROL_CLASS, "h-11 px-3 sm:h-10", className)}
    />
  );
});
