import { Link } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { TenantItem } from "../../../server/admin/tenants";
import { STANDING_LABELS } from "../../../server/catalogue/terms";

const COLUMNS = ["Workspace", "Status", "Plan", "Members", "Since"];

/** Workspaces, one a row. On phones each row folds into a block. */
export function TenantTable({ tenants }: { tenants: readonly TenantItem[] }) {
  const cell = "whitespace-nowrap text-ink-muted max-lg:mt-1 lg:px-3";
  return (
    <FoldingTable columns={COLUMNS} foldsBelow="lg">
      {tenants.map((tenant) => (
        <tr
          key={tenant.id}
          className="max-lg:flex max-lg:flex-wrap max-lg:items-center max-lg:gap-x-4 max-lg:px-5 max-lg:py-4"
        >
          <th scope="row" className="py-3.5 font-normal max-lg:w-full max-lg:py-0 lg:px-6">
            <Link
              to={`/admin/tenants/${tenant.id}`}
              className={`${TEXT_LINK_CLASS} font-medium [overflow-wrap:anywhere]`}
            >
              {tenant.name}
            </Link>
            <span className="block text-ink-muted [overflow-wrap:anywhere]">{tenant.slug}</span>
          </th>
          <td className={cell}>
            <TenantStatus status={tenant.status} />
          </td>
          <td className={cell}>
            <PlanWords plan={tenant.plan} />
          </td>
          <td className={cell}>
            {tenant.memberCount}
            <span className="lg:hidden"> {tenant.memberCount === 1 ? "member" : "members"}</span>
          </td>
          <td className={cell}>
            <span className="lg:hidden">Since </span>
            <LocalTime value={tenant.createdAt} />
          </td>
        </tr>
      ))}
    </FoldingTable>
  );
}

export function PlanWords({ plan }: Pick<TenantItem, "plan">) {
  if (plan === null) return "No plan";
  return plan.standing === "active"
    ? plan.name
    : `${plan.name}, ${STANDING_LABELS[plan.standing].toLowerCase()}`;
}

export function TenantStatus({ status }: { status: TenantItem["status"] }) {
  return status === "active" ? <Badge tone="success">Active</Badge> : <Badge tone="danger">Deleted</Badge>;
}
