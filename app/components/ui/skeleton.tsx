import { classNames } from "./class-names";

/** A placeholder in the shape of what comes; it shows only when waiting takes longer than a quarter second. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classNames("block animate-appear-late rounded-md bg-hover", className)}
    />
  );
}
