import { classNames } from "~/components/ui/class-names";

/** The mark: a P that is a speech bubble, two voices inside. */
export function LogoMark({ className = "size-7" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <path
        d="M9 25V13.2A6.2 6.2 0 0 1 15.2 7h2.3a6.5 6.5 0 0 1 0 13H14z"
        className="fill-none stroke-on-accent"
        strokeWidth="2.6"
        strokeLinejoin="round"
      />
      <g className="fill-on-accent">
        <circle cx="14.2" cy="13.5" r="1.6" />
        <circle cx="19" cy="13.5" r="1.6" />
      </g>
    </svg>
  );
}

/** Mark and name. */
export function Logo({ className }: { className?: string }) {
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-2.5 font-semibold text-lg tracking-tight",
        className,
      )}
    >
      <LogoMark />
      Parley
    </span>
  );
}
