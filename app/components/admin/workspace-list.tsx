import { Building2 } from "lucide-react";
import type { ReactNode } from "react";
import { EmptyState } from "~/components/ui/empty-state";
import { Pagination, type PaginationProps } from "~/components/ui/pagination";

export interface WorkspaceListProps {
  page: Omit<PaginationProps, "noun"> & { items: readonly unknown[] };
  /** The table; it is not shown while nothing was found. */
  children: ReactNode;
}

/** Workspaces that a search found, and where in them one is. */
export function WorkspaceList({ page: { items, ...where }, children }: WorkspaceListProps) {
  return (
    <>
      {items.length > 0 ? (
        children
      ) : (
        <EmptyState
          icon={<Building2 />}
          title="No workspace found"
          description="None has this name, address or id. Clear the search to see all."
        />
      )}
      <Pagination {...where} noun={where.total === 1 ? "workspace" : "workspaces"} />
    </>
  );
}
