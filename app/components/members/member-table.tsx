import { Link } from "@remix-run/react";
import { AddressText } from "~/components/ui/address-text";
import { Badge } from "~/components/ui/badge";
import { buttonClass } from "~/components/ui/button";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import type { MemberItem } from "../../../server/members/contract";
import { mayActOn, ROLE_LABELS, type TenantRole } from "../../../server/tenants/terms";
import { roundDollars } from "../../../server/wallet/terms";

/** Who looks at the page, as far as it offers them something. */
export interface MemberViewer {
  role: TenantRole;
  canManage: boolean;
  canTransfer: boolean;
}

export interface MemberTableProps {
  members: readonly MemberItem[];
  viewer: MemberViewer;
  /** Where a person's card opens on this page of the list. */
  cardOf: (userId: string) => string;
}

const FOR_ALL = ["Person", "Role", "Joined"];
const FOR_MANAGERS = [...FOR_ALL, "Last seen", "Two-factor", "Spent this month"];

/** The people of a workspace, one a row. On phones each row folds into a block. */
export function MemberTable({ members, viewer, cardOf }: MemberTableProps) {
  const columns = viewer.canManage ? FOR_MANAGERS : FOR_ALL;
  return (
    <FoldingTable columns={columns} hasActions={viewer.canManage} foldsBelow="lg">
      {members.map((member) => (
        <MemberRow key={member.userId} member={member} viewer={viewer} card={cardOf(member.userId)} />
      ))}
    </FoldingTable>
  );
}

/** Whether the page offers to change somebody; the server decides again. */
export function isChangeable(viewer: MemberViewer, member: MemberItem): boolean {
  return viewer.canManage && !member.isSelf && mayActOn(viewer.role, member.role);
}

const CELL = "max-lg:mt-1 lg:px-3";

function MemberRow({ member, viewer, card }: { member: MemberItem; viewer: MemberViewer; card: string }) {
  const { name, email, role, isSelf } = member;
  return (
    <tr className="max-lg:relative max-lg:flex max-lg:flex-wrap max-lg:items-center max-lg:gap-x-4 max-lg:px-5 max-lg:py-4">
      <th scope="row" className="py-3.5 font-normal max-lg:w-full max-lg:py-0 max-lg:pr-24 lg:px-6">
        <span className="font-medium [overflow-wrap:anywhere]">{name}</span>
        {isSelf && <span className="text-ink-muted"> (you)</span>}
        <span className="block text-ink-muted [overflow-wrap:anywhere]">
          <AddressText value={email} />
        </span>
      </th>
      <td className={CELL}>
        <Badge tone={role === "owner" ? "accent" : "secondary"}>{ROLE_LABELS[role]}</Badge>
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-muted`}>
        <span className="lg:hidden">Joined </span>
        <LocalTime value={member.joinedAt} />
      </td>
      {viewer.canManage && <ManagersCells member={member} />}
      {viewer.canManage && (
        <td className="max-lg:absolute max-lg:top-3 max-lg:right-5 lg:px-6 lg:text-right">
          {isChangeable(viewer, member) && (
            <Link to={card} aria-label={`Change ${email}`} className={buttonClass("secondary", "sm")}>
              Change
            </Link>
          )}
        </td>
      )}
    </tr>
  );
}

function ManagersCells({ member }: { member: MemberItem }) {
  const { lastSeenAt, hasSecondFactor, spendNano } = member;
  return (
    <>
      <td className={`${CELL} whitespace-nowrap text-ink-muted`}>
        {lastSeenAt && <span className="lg:hidden">Seen </span>}
        {lastSeenAt ? <LocalTime value={lastSeenAt} hasTime /> : "Not seen yet"}
      </td>
      <td className={`${CELL} whitespace-nowrap`}>
        <span className="text-ink-muted lg:hidden">Two-factor </span>
        <span className={hasSecondFactor ? "text-success-ink" : "text-ink-muted"}>
          {hasSecondFactor ? "On" : "Off"}
        </span>
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-muted tabular-nums`}>
        {roundDollars(spendNano ?? "0")}
        <span className="lg:hidden"> this month</span>
      </td>
    </>
  );
}
