import { type ComponentProps, forwardRef } from "react";
import { classNames } from "./class-names";
import { CONTROL_CLASS } from "./input";

export const Textarea = forwardRef<HTMLTextAreaElement, ComponentProps<"textarea">>(function Textarea(
  { className, rows = 3, ...rest },
  ref,
) {
  return (
    <textarea
      {...rest}
      ref={ref}
      rows={rows}
      className={classNames(CONTROL_CLASS, "min-h-20 px-3 py-2", className)}
    />
  );
});
