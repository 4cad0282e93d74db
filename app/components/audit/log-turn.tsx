import { Link, useSearchParams } from "@remix-run/react";
import { buttonClass } from "~/components/ui/button";

export interface LogTurnProps {
  nextCursor: string | null;
  isFirst: boolean;
}

/** The way through a log, newest first; filters of the address stay. */
export function LogTurn({ nextCursor, isFirst }: LogTurnProps) {
  const [params] = useSearchParams();
  if (nextCursor === null && isFirst) return null;
  const to = (cursor: string | null) => {
    const next = new URLSearchParams(params);
    if (cursor) next.set("cursor", cursor);
    else next.delete("cursor");
    return `?${next}`;
  };
  return (
    <nav aria-label="Pages" className="flex justify-end gap-2 border-line border-t px-5 py-3 sm:px-6">
      {!isFirst && (
        <Link to={to(null)} className={buttonClass("ghost", "sm")}>
          Newest
        </Link>
      )}
      {nextCursor && (
        <Link to={to(nextCursor)} rel="next" className={buttonClass("secondary", "sm")}>
          Older
        </Link>
      )}
    </nav>
  );
}
