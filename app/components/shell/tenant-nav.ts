// The pages of a workspace in the side bar, from top to bottom: one line each. Who lacks the permission does not see it.
import {
  Bot,
  ChartColumn,
  CreditCard,
  Gauge,
  Home,
  LifeBuoy,
  type LucideIcon,
  MessagesSquare,
  ScrollText,
  Settings,
  Users,
} from "lucide-react";
import type { Permission } from "../../../server/tenants/terms";
import type { ShellLink } from "./app-shell";

interface TenantPage {
  label: string;
  /** Under /t/<workspace>; empty for its home. */
  path: string;
  icon: LucideIcon;
  permission: Permission;
  /** Part of billing, which may be switched off. */
  isBilling?: true;
  /** Left out for who holds this one: another page leads there. */
  unless?: Permission;
}

const TENANT_PAGES: readonly TenantPage[] = [
  { label: "Home", path: "", icon: Home, permission: "tenant.read" },
  { label: "Chat", path: "chat", icon: MessagesSquare, permission: "chat.read" },
  { label: "Agents", path: "agents", icon: Bot, permission: "chat.read" },
  { label: "Members", path: "members", icon: Users, permission: "members.read" },
  { label: "Billing", path: "billing", icon: CreditCard, permission: "billing.read", isBilling: true },
  {
    label: "Usage",
    path: "billing/usage",
    icon: ChartColumn,
    permission: "usage.read",
    unless: "billing.read",
    isBilling: true,
  },
  { label: "Limits", path: "limits", icon: Gauge, permission: "usage.read" },
  { label: "Audit log", path: "audit", icon: ScrollText, permission: "audit.read" },
  { label: "Settings", path: "settings", icon: Settings, permission: "settings.manage" },
  { label: "Support access", path: "support-access", icon: LifeBuoy, permission: "support.manage" },
];

/** What somebody with these permissions may open, and nothing else. */
export function tenantLinks(
  slug: string,
  permissions: readonly Permission[],
  hasBilling: boolean,
): ShellLink[] {
  return openPages(permissions, hasBilling)
    .filter(({ unless }) => unless === undefined || !permissions.includes(unless))
    .map((page) => linkTo(slug, page));
}

/** The same, with the pages that another page leads to: where pages are looked for by name. */
export function everyTenantLink(
  slug: string,
  permissions: readonly Permission[],
  hasBilling: boolean,
): ShellLink[] {
  return openPages(permissions, hasBilling).map((page) => linkTo(slug, page));
}

function openPages(permissions: readonly Permission[], hasBilling: boolean): TenantPage[] {
  return TENANT_PAGES.filter(
    ({ permission, isBilling }) => permissions.includes(permission) && (hasBilling || !isBilling),
  );
}

function linkTo(slug: string, { label, path, icon }: TenantPage): ShellLink {
  return {
    to: path === "" ? `/t/${slug}` : `/t/${slug}/${path}`,
    label,
    icon,
    ...(path === "" && { isExact: true }),
  };
}
