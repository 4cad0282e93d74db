import { Link, useSearchParams } from "@remix-run/react";
import { buttonClass } from "./button";

export interface PaginationProps {
  page: number;
  pages: number;
  total: number;
  /** What is counted: "accounts". */
  noun: string;
}

/** The way through numbered pages; filters in the address stay. */
export function Pagination({ page, pages, total, noun }: PaginationProps) {
  const [params] = useSearchParams();
  const to = (number: number) => {
    const next = new URLSearchParams(params);
    next.set("page", String(number));
    return `?${next}`;
  };
  return (
    <nav
      aria-label="Pages"
      className="flex flex-wrap items-center justify-between gap-3 border-line border-t px-5 py-3 text-sm sm:px-6"
    >
      <p className="text-ink-muted">
        {pages > 1 ? `Page ${page} of ${pages}, ${total} ${noun}` : `${total} ${noun}`}
      </p>
      {pages > 1 && (
        <div className="flex gap-2">
          {page > 1 && (
            <Link to={to(page - 1)} rel="prev" className={buttonClass("secondary", "sm")}>
              Previous
            </Link>
          )}
          {page < pages && (
            <Link to={to(page + 1)} rel="next" className={buttonClass("secondary", "sm")}>
              Next
            </Link>
          )}
        </div>
      )}
    </nav>
  );
}
