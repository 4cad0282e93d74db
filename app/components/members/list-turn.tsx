import { Link } from "@remix-run/react";
import { buttonClass } from "~/components/ui/button";

export interface ListTurnProps {
  /** Where the list begins; null when this is its beginning. */
  first: string | null;
  /** Where it goes on; null at its end. */
  next: string | null;
}

/** The way through a list that knows its next page alone. */
export function ListTurn({ first, next, label }: ListTurnProps & { label: string }) {
  if (first === null && next === null) return null;
  return (
    <nav aria-label={label} className="flex justify-end gap-2 border-line border-t px-5 py-3 sm:px-6">
      {first !== null && (
        <Link to={first} preventScrollReset className={buttonClass("ghost", "sm")}>
          First page
        </Link>
      )}
      {next !== null && (
        <Link to={next} preventScrollReset rel="next" className={buttonClass("secondary", "sm")}>
          Next page
        </Link>
      )}
    </nav>
  );
}
