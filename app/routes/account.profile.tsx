import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { AvatarForm } from "~/components/account/avatar-form";
import { NewWorkspace } from "~/components/account/new-workspace";
import { ProfileForm } from "~/components/account/profile-form";
import { WorkspacePlan } from "~/components/account/workspace-plan";
import { PageHeading } from "~/components/shell/page-heading";
import { Avatar } from "~/components/ui/avatar";
import { Badge } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { ProfileSettings, UpdateProfile } from "../../server/auth/contract";
import { CreateTenant } from "../../server/tenants/contract";
import { ROLE_PERMISSIONS } from "../../server/tenants/terms";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Profile · Parley" }];

const ProfileFields = UpdateProfile.omit({ settings: true }).extend({
  ...ProfileSettings.shape,
  intent: z.literal("profile"),
});

const NewWorkspaceFields = CreateTenant.extend({ intent: z.literal("create") });

const LOCALES = [
  ...[
    "en-GB",
    "en-US",
    "cs-CZ",
    "da-DK",
    "de-DE",
    "de-CH",
    "es-ES",
    "es-MX",
    "fi-FI",
    "fr-FR",
    "it-IT",
    "ja-JP",
  ],
  ...["ko-KR", "nb-NO", "nl-NL", "pl-PL", "pt-BR", "pt-PT", "sv-SE", "tr-TR", "uk-UA", "zh-CN", "zh-TW"],
];

export async function loader(args: LoaderFunctionArgs) {
  await requireUser(args);
  const [me, profile] = await Promise.all([api(args).auth.me(), api(args).account.profile()]);
  const names = new Intl.DisplayNames("en", { type: "language" });
  return {
    me,
    profile,
    plan: await planOf(args, me),
    timeZones: Intl.supportedValuesOf("timeZone"),
    locales: LOCALES.map((value) => ({ value, label: names.of(value) ?? value })),
  };
}

// Of the workspace this session works in; there may be none, or no catalogue.
async function planOf(
  args: LoaderFunctionArgs,
  { activeTenant, plan, memberships }: Awaited<ReturnType<ReturnType<typeof api>["auth"]["me"]>>,
) {
  if (!activeTenant || !plan) return null;
  const role = memberships.find(({ tenant }) => tenant.id === activeTenant.id)?.role ?? "viewer";
  return {
    workspace: { slug: activeTenant.slug, name: activeTenant.name },
    current: await api(args, { tenant: activeTenant.slug }).plans.current(),
    hasBilling: ROLE_PERMISSIONS[role].has("billing.read"),
  };
}

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  const isProfile = (await args.request.clone().formData()).get("intent") === "profile";
  if (!isProfile) return createWorkspace(args);
  return submitForm(args, ProfileFields, async ({ intent: _intent, hourCycle, ...names }) => {
    await api(args).account.updateProfile({ ...unsetAsText(names), settings: { hourCycle } });
    return redirectWithToast(args, "/account/profile", { kind: "success", message: "Profile saved" });
  });
}

function createWorkspace(args: ActionFunctionArgs) {
  return submitForm(args, NewWorkspaceFields, async ({ name }) => {
    const { slug } = await api(args).tenants.create({ name });
    return redirectWithToast(args, `/t/${slug}`, { kind: "success", message: "Workspace created" });
  });
}

// What was unset is sent on as a form would send it.
function unsetAsText<Fields extends object>(
  fields: Fields,
): { [K in keyof Fields]: NonNullable<Fields[K]> | "" } {
  const entries = Object.entries(fields).map(([name, value]) => [name, value ?? ""]);
  return Object.fromEntries(entries);
}

export default function ProfilePage() {
  const { me, profile, plan, timeZones, locales } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const isWorkspace = failure?.values["intent"] === "create";
  return (
    <>
      <PageHeading title="Profile" />
      <div className="flex flex-col gap-6">
        <Card aria-labelledby="who">
          <CardHeader
            id="who"
            title={profile.displayName}
            description={
              <span className="flex flex-wrap items-center gap-2 [overflow-wrap:anywhere]">
                {profile.email}
                <Badge tone={me.emailVerified ? "success" : "warning"}>
                  {me.emailVerified ? "Confirmed" : "Not confirmed"}
                </Badge>
              </span>
            }
          />
          <div className="border-line border-t">
            <AvatarForm name={profile.displayName} avatarId={profile.avatarId} />
            <ProfileForm
              key={JSON.stringify(profile)}
              {...{ profile, timeZones, locales }}
              failure={isWorkspace ? undefined : failure}
            />
          </div>
        </Card>
        <Card aria-labelledby="activity">
          <CardHeader id="activity" title="Recent activity" />
          <p className="flex flex-wrap gap-x-3 gap-y-1 px-5 pb-5 text-sm sm:px-6">
            {profile.lastSignInAt ? (
              <span>
                Last signed in <LocalTime value={profile.lastSignInAt} hasTime />
              </span>
            ) : (
              <span>No sign-in yet</span>
            )}
            <Link to="/account/sessions" className={TEXT_LINK_CLASS}>
              All sessions
            </Link>
          </p>
        </Card>
        {plan && <WorkspacePlan {...plan} />}
        <Card aria-labelledby="workspaces">
          <CardHeader id="workspaces" title="Workspaces" description="Where you work, and as what." />
          <ul className="divide-y divide-line border-line border-t">
            {me.memberships.map(({ tenant, role }) => (
              <li key={tenant.slug}>
                <Link
                  to={`/t/${tenant.slug}`}
                  className="flex items-center gap-3 px-5 py-3 hover:bg-hover sm:px-6"
                >
                  <Avatar name={tenant.name} shape="square" />
                  <span className="min-w-0 flex-1 truncate font-medium">{tenant.name}</span>
                  <Badge className="capitalize">{role}</Badge>
                </Link>
              </li>
            ))}
          </ul>
          <NewWorkspace failure={isWorkspace ? failure : undefined} />
        </Card>
      </div>
    </>
  );
}
