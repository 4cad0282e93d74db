import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, Link, useLoaderData, useSearchParams, useSubmit } from "@remix-run/react";
import { z } from "zod";
import { SessionTable } from "~/components/account/session-table";
import { PageHeading } from "~/components/shell/page-heading";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { ListSessions, RevokeSession } from "../../server/auth/contract";
import { textSignedOutEverywhere } from "../../server/auth/terms";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const SessionsForm = z.discriminatedUnion("intent", [
  RevokeSession.extend({ intent: z.literal("revoke") }),
  z.strictObject({ intent: z.literal("revoke-others") }),
  z.strictObject({ intent: z.literal("everywhere") }),
]);

const SessionsFilter = ListSessions.unwrap().shape.tenant;

export const meta: MetaFunction = () => [{ title: "Sessions · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireUser(args);
  const unverifiedTenant = new URL(args.request.url).searchParams.get("tenant");
  const known = SessionsFilter.safeParse(unverifiedTenant ?? undefined);
  const tenant = known.success ? known.data : "all";
  const [list, { memberships }] = await Promise.all([
    api(args).sessions.list({ tenant }),
    api(args).auth.me(),
  ]);
  const tenants = memberships.map(({ tenant: { id, name } }) => ({ id, name }));
  return { ...list, tenant, tenants };
}

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  return submitForm(args, SessionsForm, async (input) => {
    if (input.intent === "revoke") {
      await api(args).sessions.revoke({ sessionId: input.sessionId });
      return redirectWithToast(args, "/account/sessions", { kind: "success", message: "Session revoked" });
    }
    const isEverywhere = input.intent === "everywhere";
    const { count } = isEverywhere
      ? await api(args).auth.logoutAll()
      : await api(args).sessions.revokeOthers();
    const message = textSignedOutEverywhere(count);
    return redirectWithToast(args, isEverywhere ? "/login" : "/account/sessions", {
      kind: "success",
      message,
    });
  });
}

export default function SessionsPage() {
  const { items, total, tenant, tenants } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  // A workspace's list does not show the rest.
  const mayHaveOthers = tenant !== "all" || total > 1;
  return (
    <>
      <PageHeading
        title="Sessions"
        description="Every browser that is signed in to your account. Revoke what you do not recognise."
        action={
          <Form method="post">
            <Button
              type="submit"
              name="intent"
              value="revoke-others"
              variant="secondary"
              disabled={!mayHaveOthers}
            >
              Sign out other sessions
            </Button>
          </Form>
        }
      />
      <div className="flex flex-col gap-6">
        {tenants.length > 0 && <TenantFilter tenant={tenant} tenants={tenants} />}
        <Card aria-label="Active sessions" className="overflow-hidden">
          {items.length > 0 ? (
            <SessionTable sessions={items} tenants={tenants} />
          ) : (
            <p className="px-6 py-8 text-center text-ink-muted text-sm">
              No session was last used in this workspace.
            </p>
          )}
        </Card>
        {total > items.length && (
          <p className="text-ink-muted text-sm">
            The newest {items.length} of {total} sessions are shown.
          </p>
        )}
        <SignOutEverywhere isAsking={params.get("confirm") === "everywhere"} />
      </div>
    </>
  );
}

interface TenantFilterProps {
  tenant: string;
  tenants: readonly { id: string; name: string }[];
}

/** A form of GET: works without scripts, and can be linked to. With scripts a choice is applied at once. */
function TenantFilter({ tenant, tenants }: TenantFilterProps) {
  const submit = useSubmit();
  return (
    <Form method="get" preventScrollReset className="flex flex-wrap items-end gap-3">
      <Field label="Last used in" className="w-full max-w-72">
        {(control) => (
          <Select
            {...control}
            key={tenant}
            name="tenant"
            defaultValue={tenant}
            onChange={(event) => submit(event.currentTarget.form, { preventScrollReset: true })}
          >
            <option value="all">All workspaces</option>
            <option value="current">The current workspace</option>
            {tenants.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <noscript>
        <Button type="submit" variant="secondary">
          Show
        </Button>
      </noscript>
    </Form>
  );
}

/** The question stands in the page rather than in a dialog, so that it is asked without JavaScript too. */
function SignOutEverywhere({ isAsking }: { isAsking: boolean }) {
  if (!isAsking) {
    return (
      <Card aria-labelledby="everywhere">
        <CardHeader
          id="everywhere"
          title="Sign out everywhere"
          description="Ends every session, this one included."
          action={
            <Link to="?confirm=everywhere" preventScrollReset className={buttonClass("secondary")}>
              Sign out everywhere
            </Link>
          }
        />
      </Card>
    );
  }
  return (
    <Card aria-labelledby="everywhere" tone="danger">
      <CardHeader
        id="everywhere"
        title="Sign out of all your sessions?"
        description="You will have to sign in again on this device too."
        action={
          <Form method="post" className="flex flex-wrap gap-2">
            <Link to="/account/sessions" preventScrollReset className={buttonClass("secondary")}>
              Keep me signed in
            </Link>
            <Button type="submit" name="intent" value="everywhere" variant="danger" autoFocus>
              Sign out everywhere
            </Button>
          </Form>
        }
      />
    </Card>
  );
}
