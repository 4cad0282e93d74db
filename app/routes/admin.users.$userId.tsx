import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import { z } from "zod";
import { deedsFor, USER_DEEDS, type UserDeed } from "~/components/admin/user-deeds";
import { UserFacts } from "~/components/admin/user-facts";
import { UserQuestion } from "~/components/admin/user-question";
import { PageHeading } from "~/components/shell/page-heading";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { HarmUser, NameUser, ResetPassword, SetRole } from "../../server/admin/contract";
import type { UserDetail } from "../../server/admin/users";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireOperator, requireRecent } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const harm = HarmUser.omit({ userId: true });
const plain = NameUser.omit({ userId: true });

const UserForm = z.discriminatedUnion("intent", [
  harm.extend({ intent: z.literal("lock") }),
  harm.extend({ intent: z.literal("disable") }),
  harm.extend({ intent: z.literal("resetTwoFactor") }),
  SetRole.omit({ userId: true }).extend({ intent: z.literal("setRole") }),
  ResetPassword.omit({ userId: true }).extend({ intent: z.literal("resetPassword") }),
  plain.extend({ intent: z.literal("unlock") }),
  plain.extend({ intent: z.literal("enable") }),
  plain.extend({ intent: z.literal("resendVerification") }),
]);

const DONE: Record<z.output<typeof UserForm>["intent"], string> = {
  lock: "Account locked",
  disable: "Account disabled",
  resetTwoFactor: "Two-factor authentication reset",
  setRole: "Platform role changed",
  resetPassword: "Password set. All sessions of this person ended.",
  unlock: "Account unlocked",
  enable: "Account enabled",
  resendVerification: "A new link is on its way",
};

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.user.email ?? "User"} · Parley` },
];

export async function loader(args: LoaderFunctionArgs) {
  const session = await requireOperator(args, "users.read");
  const act = new URL(args.request.url).searchParams.get("act");
  // Before the question rather than after the answer, so that nothing typed is lost.
  if (USER_DEEDS.some((deed) => deed.intent === act && deed.needsStepUp)) await requireRecent(args);
  return {
    user: await api(args).admin.users.get({ userId: args.params["userId"] ?? "" }),
    viewer: {
      userId: session.userId,
      role: session.platformRole,
      permissions: [...PLATFORM_ROLE_PERMISSIONS[session.platformRole]],
    },
  };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "users.read");
  const userId = args.params["userId"] ?? "";
  return submitForm(args, UserForm, async ({ intent, ...input }) => {
    const { users } = api(args).admin;
    const run = users[intent] as (input: object) => Promise<void>;
    await run({ userId, ...input });
    return redirectWithToast(args, `/admin/users/${userId}`, { kind: "success", message: DONE[intent] });
  });
}

export default function UserPage() {
  const { user, viewer } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const [params] = useSearchParams();
  const deeds = deedsFor(viewer, user);
  const asked = deeds.find(({ intent }) => intent === params.get("act"));
  return (
    <>
      <Link to="/admin/users" className={`${TEXT_LINK_CLASS} mb-4 self-start text-sm`}>
        All users
      </Link>
      <PageHeading
        title={user.name}
        description={user.email}
        action={
          viewer.permissions.includes("auditLog.read") && (
            <Link to={`/admin/audit-logs?target=${user.id}`} className={buttonClass("secondary")}>
              Audit trail
            </Link>
          )
        }
      />
      <div className="flex flex-col gap-6">
        {asked && <UserQuestion user={user} deed={asked} viewer={viewer} failure={failure} />}
        <UserFacts user={user} />
        <Workspaces tenants={user.tenants} />
        {!asked && deeds.length > 0 && <Deeds deeds={deeds} />}
      </div>
    </>
  );
}

function Deeds({ deeds }: { deeds: readonly UserDeed[] }) {
  return (
    <Card aria-labelledby="deeds">
      <CardHeader
        id="deeds"
        title="Actions"
        description="Each one is written to the audit log with your name."
      />
      <ul className="divide-y divide-line border-line border-t">
        {deeds.map(({ intent, label, description }) => (
          <li key={intent} className="flex flex-wrap items-center justify-between gap-3 px-5 py-3.5 sm:px-6">
            <p className="min-w-0 max-w-xl flex-1 basis-64 text-ink-muted text-sm">{description}</p>
            <Link to={`?act=${intent}`} className={buttonClass("secondary", "sm")}>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Workspaces({ tenants }: { tenants: UserDetail["tenants"] }) {
  return (
    <Card aria-labelledby="workspaces">
      <CardHeader id="workspaces" title="Workspaces" />
      {tenants.length === 0 && <EmptyState title="No workspace" className="pt-0" />}
      <ul className="divide-y divide-line border-line border-t">
        {tenants.map(({ id, name, slug, role, stripeCustomerId }) => (
          <li key={id} className="px-5 py-3.5 text-sm [overflow-wrap:anywhere] sm:px-6">
            <span className="font-medium">{name}</span> <span className="text-ink-muted">{role}</span>
            <span className="mt-0.5 block text-[13px] text-ink-muted">
              {slug} · <code>{id}</code>
              {stripeCustomerId !== null && (
                <>
                  {" "}
                  · <code>{stripeCustomerId}</code>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
