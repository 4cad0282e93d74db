import { classNames } from "./class-names";

/** A small turning ring; `label` is what a screen reader says. */
export function Spinner({ label = "Loading", className }: { label?: string; className?: string }) {
  return (
    <span role="status" className={classNames("inline-flex", className)}>
      <span className="sr-only">{label}</span>
      <span
        aria-hidden="true"
        className="size-4 animate-spin rounded-full border-2 border-current border-r-transparent motion-reduce:animate-none"
      />
    </span>
  );
}
