import { type ComponentProps, forwardRef, type ReactNode } from "react";
import { classNames } from "./class-names";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  /** The button's name; also its native hint. */
  label: string;
  icon: ReactNode;
  size?: "sm" | "md";
  variant?: "ghost" | "primary" | "secondary";
}

const VARIANT_CLASSES = {
  ghost: "text-ink-muted hover:bg-hover hover:text-ink aria-expanded:bg-hover aria-expanded:text-ink",
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border border-line-strong/60 bg-surface text-ink hover:bg-hover",
};

/** A square button with an icon alone; 44 px where fingers point. */
export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { label, icon, size = "md", variant = "ghost", className, ...rest },
  ref,
) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      ref={ref}
      aria-label={label}
      className={classNames(
        "inline-flex shrink-0 items-center justify-center rounded-md transition-colors duration-100",
        "disabled:cursor-not-allowed disabled:opacity-50 pointer-coarse:min-h-11 pointer-coarse:min-w-11",
        size === "sm" ? "size-8 [&_svg]:size-4" : "size-9 [&_svg]:size-[18px]",
        VARIANT_CLASSES[variant],
        className,
      )}
    >
      {icon}
    </button>
  );
});
