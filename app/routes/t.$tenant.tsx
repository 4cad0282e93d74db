import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { Outlet, useLoaderData } from "@remix-run/react";
import { Bot, Home, MessagesSquare } from "lucide-react";
import { rememberedTenant, tenantCookie } from "~/active-tenant";
import { AppShell, type ShellLink } from "~/components/shell/app-shell";
import { isSidebarFolded } from "~/components/shell/sidebar-state";
import type { Permission } from "../../server/tenants/terms";
import { api } from "../api.server";
import { requireMember, shellPerson } from "../session.server";

export { RouteErrorPage as ErrorBoundary } from "~/components/shell/error-page";

export async function loader(args: LoaderFunctionArgs) {
  const { session, scope } = await requireMember(args);
  const memberships = await api(args).tenants.list();
  const cookies = args.request.headers.get("cookie");
  const { slug, name } = scope.tenant;
  const frame = {
    person: shellPerson(session),
    tenants: memberships.map(({ tenant, role }) => ({ slug: tenant.slug, name: tenant.name, role })),
    current: { slug, name, role: scope.role },
    permissions: [...scope.permissions],
    isSidebarFolded: isSidebarFolded(cookies),
  };
  const isRemembered = rememberedTenant(cookies) === slug;
  return data(frame, isRemembered ? {} : { headers: { "Set-Cookie": tenantCookie(slug) } });
}

export default function TenantLayout() {
  const { permissions, ...frame } = useLoaderData<typeof loader>();
  return (
    <AppShell {...frame} links={linksFor(frame.current.slug, permissions)} title={frame.current.name}>
      <Outlet />
    </AppShell>
  );
}

/** What the role may open, and nothing else. */
function linksFor(slug: string, permissions: readonly Permission[]): ShellLink[] {
  const home: ShellLink = { to: `/t/${slug}`, label: "Home", icon: Home, isExact: true };
  const chat: ShellLink = { to: `/t/${slug}/chat`, label: "Chat", icon: MessagesSquare };
  const agents: ShellLink = { to: `/t/${slug}/agents`, label: "Agents", icon: Bot };
  return permissions.includes("chat.read") ? [home, chat, agents] : [home];
}
