import { type ComponentProps, forwardRef, type MouseEvent } from "react";
import { classNames } from "./class-names";
import { Spinner } from "./spinner";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

const VARIANT_CLASSES: Record<ButtonVariant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border border-line-strong/60 bg-surface text-ink hover:bg-hover",
  ghost: "text-ink hover:bg-hover",
  danger: "bg-danger text-on-danger hover:bg-danger-hover",
};

const SIZE_CLASSES: Record<ButtonSize, string> = {
  sm: "h-8 gap-1.5 px-3 text-[13px] pointer-coarse:min-h-11",
  md: "h-10 gap-2 px-4 text-sm pointer-coarse:min-h-11",
  lg: "h-12 gap-2 px-6 text-[15px]",
};

/** The look of a button, for links that lead somewhere and look like one. */
export function buttonClass(variant: ButtonVariant = "primary", size: ButtonSize = "md"): string {
  return classNames(
    "inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md font-medium",
    "transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-70",
    VARIANT_CLASSES[variant],
    SIZE_CLASSES[size],
  );
}

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Shows a spinner and ignores clicks; the button keeps its place in the tab order and its width. */
  isPending?: boolean;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { variant = "primary", size = "md", isPending = false, className, children, onClick, ...rest },
  ref,
) {
  const refuseWhilePending = (event: MouseEvent<HTMLButtonElement>) => {
    if (isPending) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      ref={ref}
      aria-disabled={isPending || undefined}
      onClick={refuseWhilePending}
      className={classNames(buttonClass(variant, size), "relative", className)}
    >
      <span className={classNames("contents", isPending && "[&>*]:invisible")}>{children}</span>
      {isPending && (
        <span className="absolute inset-0 flex items-center justify-center rounded-md bg-inherit">
          <Spinner label="Working" />
        </span>
      )}
    </button>
  );
});
