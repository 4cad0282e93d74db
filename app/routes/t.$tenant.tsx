import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { Outlet, useLoaderData } from "@remix-run/react";
import { rememberedTenant, tenantCookie } from "~/active-tenant";
import { LimitBanner } from "~/components/billing/limit-banner";
import { AppShell } from "~/components/shell/app-shell";
import { isSidebarFolded } from "~/components/shell/sidebar-state";
import { tenantLinks } from "~/components/shell/tenant-nav";
import { SupportBanner } from "~/components/support/support-banner";
import { StatusLine } from "~/components/usage/status-line";
import { api } from "../api.server";
import { hasBilling, requireMember, shellPerson } from "../session.server";

export { RouteErrorPage as ErrorBoundary } from "~/components/shell/error-page";

const NO_NOTICES = { items: [], mayAct: false };

export async function loader(args: LoaderFunctionArgs) {
  const { session, scope } = await requireMember(args);
  const [memberships, support, status, notices] = await Promise.all([
    api(args).tenants.list(),
    api(args).supportAccess.live(),
    // Under a grant every call stands in the workspace's log: what nobody asked for is not called.
    scope.grantId === undefined ? api(args).statusBar.get() : null,
    scope.grantId === undefined && scope.permissions.has("usage.read")
      ? api(args).limits.notices()
      : NO_NOTICES,
  ]);
  const cookies = args.request.headers.get("cookie");
  const { slug, name } = scope.tenant;
  const frame = {
    person: shellPerson(session),
    tenants: memberships.map(({ tenant, role }) => ({ slug: tenant.slug, name: tenant.name, role })),
    current: { slug, name, role: scope.role },
    permissions: [...scope.permissions],
    hasBilling: hasBilling(),
    grants: support.items,
    status,
    notices,
    isSidebarFolded: isSidebarFolded(cookies),
  };
  const isRemembered = rememberedTenant(cookies) === slug;
  return data(frame, isRemembered ? {} : { headers: { "Set-Cookie": tenantCookie(slug) } });
}

export default function TenantLayout() {
  const { permissions, hasBilling, grants, status, notices, ...frame } = useLoaderData<typeof loader>();
  return (
    <AppShell
      {...frame}
      links={tenantLinks(frame.current.slug, permissions, hasBilling)}
      title={frame.current.name}
      foot={
        status === null
          ? undefined
          : (page) => <StatusLine tenantSlug={frame.current.slug} seed={status} {...page} />
      }
      banner={
        <>
          <SupportBanner grants={grants} slug={frame.current.slug} permissions={permissions} />
          <LimitBanner notices={notices} slug={frame.current.slug} hasBilling={hasBilling} />
        </>
      }
    >
      <Outlet />
    </AppShell>
  );
}
