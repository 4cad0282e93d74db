import type { LoaderFunctionArgs } from "@remix-run/node";
import { Outlet, useLoaderData } from "@remix-run/react";
import { ArrowLeft, Bot, Building2, Database, MonitorSmartphone, ShieldCheck, UserRound } from "lucide-react";
import { AppShell, type ShellLink } from "~/components/shell/app-shell";
import { isSidebarFolded } from "~/components/shell/sidebar-state";
import { api } from "../api.server";
import { requireUser, shellPerson } from "../session.server";

export { RouteErrorPage as ErrorBoundary } from "~/components/shell/error-page";

export async function loader(args: LoaderFunctionArgs) {
  const session = await requireUser(args);
  const { memberships } = await api(args).auth.me();
  return {
    person: shellPerson(session),
    tenants: memberships.map(({ tenant, role }) => ({ slug: tenant.slug, name: tenant.name, role })),
    isSidebarFolded: isSidebarFolded(args.request.headers.get("cookie")),
  };
}

const LINKS: ShellLink[] = [
  { to: "/account/profile", label: "Profile", icon: UserRound },
  { to: "/account/security", label: "Security", icon: ShieldCheck },
  { to: "/account/sessions", label: "Sessions", icon: MonitorSmartphone },
  { to: "/account/workspaces", label: "Workspaces", icon: Building2 },
  { to: "/account/automation", label: "Automation", icon: Bot },
  { to: "/account/data", label: "Your data", icon: Database },
];

export default function AccountLayout() {
  const frame = useLoaderData<typeof loader>();
  const [first] = frame.tenants;
  const back: ShellLink[] = first
    ? [{ to: `/t/${first.slug}`, label: `Back to ${first.name}`, icon: ArrowLeft }]
    : [];
  return (
    <AppShell {...frame} links={[...LINKS, ...back]} title="Your account">
      <Outlet />
    </AppShell>
  );
}
