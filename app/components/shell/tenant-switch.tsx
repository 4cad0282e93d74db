import { Link } from "@remix-run/react";
import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { Avatar } from "~/components/ui/avatar";
import { DISCLOSURE_ITEM_CLASS, Disclosure } from "./disclosure";

export interface ShellTenant {
  slug: string;
  name: string;
  /** The person's role there. */
  role: string;
}

export interface TenantSwitchProps {
  tenants: readonly ShellTenant[];
  /** Absent on pages that belong to no tenant. */
  current?: ShellTenant | undefined;
}

/** The tenant on screen, the list of all of them, and the way to one more. */
export function TenantSwitch({ tenants, current }: TenantSwitchProps) {
  const shown = current ?? tenants[0];
  if (!shown) return null;
  return (
    <Disclosure
      id="tenant-switch"
      label="Workspace"
      className="top-14 right-auto bottom-auto left-2 max-h-96 overflow-y-auto"
      button={
        <>
          <TenantName tenant={shown} />
          <ChevronsUpDown aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
        </>
      }
    >
      <p className="px-2.5 pt-1.5 pb-1 font-medium text-ink-muted text-xs">Your workspaces</p>
      {tenants.map((tenant) => (
        <Link
          key={tenant.slug}
          to={`/t/${tenant.slug}`}
          aria-current={tenant.slug === current?.slug || undefined}
          className={DISCLOSURE_ITEM_CLASS}
        >
          <Avatar name={tenant.name} shape="square" size="sm" />
          <span className="min-w-0 flex-1">
            <span className="block truncate">{tenant.name}</span>
            <span className="block font-normal text-ink-muted text-xs capitalize">{tenant.role}</span>
          </span>
          {tenant.slug === current?.slug && <Check aria-hidden="true" />}
        </Link>
      ))}
      <hr className="-mx-1.5 my-1.5 border-line" />
      <Link to="/account/workspaces" className={DISCLOSURE_ITEM_CLASS}>
        <Plus aria-hidden="true" /> New workspace and more
      </Link>
    </Disclosure>
  );
}

function TenantName({ tenant }: { tenant: ShellTenant }) {
  return (
    <>
      <Avatar name={tenant.name} shape="square" />
      <span className="min-w-0 flex-1 truncate font-semibold">{tenant.name}</span>
    </>
  );
}
