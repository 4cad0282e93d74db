import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";

export interface LatestCardProps {
  /** The page of all of them, beside this one; names the card too. */
  page: string;
  title: string;
  all: string;
  children: ReactNode;
}

/** The last few of a list, with the way to all of them. */
export function LatestCard({ page, title, all, children }: LatestCardProps) {
  return (
    <Card aria-labelledby={page} className="overflow-hidden">
      <CardHeader
        id={page}
        title={title}
        action={
          <Link to={page} relative="path" className={buttonClass("secondary", "sm")}>
            {all}
          </Link>
        }
      />
      {children}
    </Card>
  );
}
