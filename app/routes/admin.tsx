import type { LoaderFunctionArgs } from "@remix-run/node";
import { Outlet, useLoaderData } from "@remix-run/react";
import { Activity, Building2, ScrollText, Ticket, Users, Wallet } from "lucide-react";
import { AppShell, type ShellLink } from "~/components/shell/app-shell";
import { isSidebarFolded } from "~/components/shell/sidebar-state";
import { PLATFORM_ROLE_PERMISSIONS, type PlatformPermission } from "../../server/auth/terms";
import { api } from "../api.server";
import { requireOperator, shellPerson } from "../session.server";

export { RouteErrorPage as ErrorBoundary } from "~/components/shell/error-page";

export async function loader(args: LoaderFunctionArgs) {
  const session = await requireOperator(args, "users.read");
  const memberships = await api(args).tenants.list();
  return {
    person: shellPerson(session),
    tenants: memberships.map(({ tenant, role }) => ({ slug: tenant.slug, name: tenant.name, role })),
    permissions: [...PLATFORM_ROLE_PERMISSIONS[session.platformRole]],
    isSidebarFolded: isSidebarFolded(args.request.headers.get("cookie")),
  };
}

const LINKS: (ShellLink & { permission: PlatformPermission })[] = [
  { to: "/admin/users", label: "Users", icon: Users, permission: "users.read" },
  { to: "/admin/tenants", label: "Workspaces", icon: Building2, permission: "tenants.read" },
  { to: "/admin/billing", label: "Billing", icon: Wallet, permission: "billing.read" },
  { to: "/admin/access", label: "Access", icon: Ticket, permission: "access.manage" },
  { to: "/admin/audit-logs", label: "Audit log", icon: ScrollText, permission: "auditLog.read" },
  { to: "/admin/system", label: "System", icon: Activity, permission: "system.read" },
];

export default function OperatorLayout() {
  const { permissions, ...frame } = useLoaderData<typeof loader>();
  const links = LINKS.filter(({ permission }) => permissions.includes(permission));
  return (
    <AppShell {...frame} links={links} title="Operator console">
      <Outlet />
    </AppShell>
  );
}
