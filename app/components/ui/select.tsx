import { type ComponentProps, forwardRef } from "react";
import { classNames } from "./class-names";
import { CONTROL_CLASS } from "./input";

/** The browser's own list of choices. */
export const Select = forwardRef<HTMLSelectElement, ComponentProps<"select">>(function Select(
  { className, ...rest },
  ref,
) {
  return (
    <select {...rest} ref={ref} className={classNames(CONTROL_CLASS, "h-11 px-2.5 sm:h-10", className)} />
  );
});
