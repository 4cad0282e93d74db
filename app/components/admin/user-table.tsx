import { Link } from "@remix-run/react";
import { Ellipsis } from "lucide-react";
import { AddressText } from "~/components/ui/address-text";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "~/components/ui/dropdown-menu";
import { FoldingTable } from "~/components/ui/folding-table";
import { IconButton } from "~/components/ui/icon-button";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { UserItem } from "../../../server/admin/users";
import { deedsFor, type Viewer } from "./user-deeds";
import { roleLabel, StatusBadge } from "./user-words";

const COLUMNS = ["Person", "Status", "Role", "Email", "Two-factor", "Workspaces", "Since"];

/** Accounts, one a row. On phones each row folds into a block. */
export function UserTable({ users, viewer }: { users: readonly UserItem[]; viewer: Viewer }) {
  return (
    <FoldingTable columns={COLUMNS} hasActions foldsBelow="lg">
      {users.map((user) => (
        <UserRow key={user.id} user={user} viewer={viewer} />
      ))}
    </FoldingTable>
  );
}

function UserRow({ user, viewer }: { user: UserItem; viewer: Viewer }) {
  const cell = "max-lg:mt-1 lg:px-3";
  return (
    <tr className="max-lg:relative max-lg:flex max-lg:flex-wrap max-lg:items-center max-lg:gap-x-4 max-lg:px-5 max-lg:py-4">
      <th scope="row" className="py-3.5 font-normal max-lg:w-full max-lg:py-0 max-lg:pr-12 lg:px-6">
        <Link
          to={`/admin/users/${user.id}`}
          className={`${TEXT_LINK_CLASS} font-medium [overflow-wrap:anywhere]`}
        >
          {user.name}
        </Link>
        <span className="block text-ink-muted [overflow-wrap:anywhere]">
          <AddressText value={user.email} />
        </span>
      </th>
      <td className={cell}>
        <StatusBadge status={user.status} />
      </td>
      <td className={`${cell} whitespace-nowrap`}>{roleLabel(user.platformRole)}</td>
      <td className={`${cell} whitespace-nowrap text-ink-muted`}>
        {user.isVerified ? "Confirmed" : "Not confirmed"}
      </td>
      <td className={`${cell} whitespace-nowrap text-ink-muted`}>
        <span className="lg:hidden">Two-factor </span>
        {user.hasSecondFactor ? "On" : "Off"}
      </td>
      <td className={`${cell} text-ink-muted max-lg:w-full`}>
        <Workspaces tenants={user.tenants} />
      </td>
      <td className={`${cell} whitespace-nowrap text-ink-muted`}>
        <span className="lg:hidden">Since </span>
        <LocalTime value={user.createdAt} />
      </td>
      <td className="max-lg:absolute max-lg:top-3 max-lg:right-3 lg:px-6 lg:text-right">
        <RowMenu user={user} viewer={viewer} />
      </td>
    </tr>
  );
}

const NAMES_SHOWN = 2;

function Workspaces({ tenants }: { tenants: UserItem["tenants"] }) {
  if (tenants.length === 0) return <>No workspace</>;
  const names = tenants.slice(0, NAMES_SHOWN).map(({ name }) => name);
  const rest = tenants.length - names.length;
  const customers = tenants.slice(0, NAMES_SHOWN).flatMap(({ stripeCustomerId: id }) => id ?? []);
  return (
    <span
      className="[overflow-wrap:anywhere]"
      title={tenants.map(({ name, id }) => `${name} (${id})`).join(", ")}
    >
      {names.join(", ")}
      {rest > 0 && ` and ${rest} more`}
      {customers.length > 0 && <code className="block text-ink-muted text-xs">{customers.join(" ")}</code>}
    </span>
  );
}

/** Each entry leads to the question on the person's page; without scripts the name leads there too. */
function RowMenu({ user, viewer }: { user: UserItem; viewer: Viewer }) {
  const deeds = deedsFor(viewer, user);
  if (deeds.length === 0) return null;
  return (
    <DropdownMenu modal={false}>
      <DropdownMenuTrigger asChild>
        <IconButton
          label={`Actions for ${user.email}`}
          icon={<Ellipsis />}
          size="sm"
          className="noscript:hidden"
        />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {deeds.map(({ intent, label, isHarm }) => (
          <DropdownMenuItem key={intent} asChild {...(isHarm && { tone: "danger" as const })}>
            <Link to={`/admin/users/${user.id}?act=${intent}`}>{label}</Link>
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
