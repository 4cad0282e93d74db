import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, Link, useLoaderData, useSearchParams } from "@remix-run/react";
import { z } from "zod";
import { SessionTable } from "~/components/account/session-table";
import { PageHeading } from "~/components/shell/page-heading";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { RevokeSession } from "../../server/auth/contract";
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

export const meta: MetaFunction = () => [{ title: "Sessions · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireUser(args);
  return api(args).sessions.list();
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
  const { items } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const hasOthers = items.some((session) => !session.isCurrent);
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
              disabled={!hasOthers}
            >
              Sign out other sessions
            </Button>
          </Form>
        }
      />
      <div className="flex flex-col gap-6">
        <Card aria-label="Active sessions" className="overflow-hidden">
          <SessionTable sessions={items} />
        </Card>
        <SignOutEverywhere count={items.length} isAsking={params.get("confirm") === "everywhere"} />
      </div>
    </>
  );
}

/** The question stands in the page rather than in a dialog, so that it is asked without JavaScript too. */
function SignOutEverywhere({ count, isAsking }: { count: number; isAsking: boolean }) {
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
    <Card aria-labelledby="everywhere" className="border-danger">
      <CardHeader
        id="everywhere"
        title={count === 1 ? "Sign out here?" : `Sign out of all ${count} sessions?`}
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
