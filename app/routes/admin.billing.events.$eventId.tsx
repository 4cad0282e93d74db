import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import { EventDispatches, EventFacts, EventPayload } from "~/components/admin/billing-events/detail";
import { DryRun } from "~/components/admin/billing-events/outcome";
import { replayedSentence } from "~/components/admin/billing-events/words";
import { ReasonedQuestion } from "~/components/admin/reasoned-question";
import { Button, buttonClass } from "~/components/ui/button";
import { ReplayForm } from "../../server/admin/contract";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.event.type ?? "Stripe event"} · Parley` },
];

export async function loader(args: LoaderFunctionArgs) {
  const { platformRole } = await requireOperator(args, "billing.read");
  return {
    event: await api(args).admin.billing.event({ eventId: args.params["eventId"] ?? "" }),
    mayReplay: PLATFORM_ROLE_PERMISSIONS[platformRole].has("billing.manage"),
  };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "billing.manage");
  const eventId = args.params["eventId"] ?? "";
  return submitForm(args, ReplayForm, async (form) => {
    const { billing } = api(args).admin;
    if (form.intent === "preview")
      return { ok: true as const, ...(await billing.replay({ eventId, dryRun: true })) };
    const { items } = await billing.replay({ eventId, dryRun: false, reason: form.reason });
    const path = `/admin/billing/events/${encodeURIComponent(eventId)}`;
    return redirectWithToast(args, path, { kind: "success", message: replayedSentence(items) });
  });
}

export default function StripeEventPage() {
  const { event, mayReplay } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const [params] = useSearchParams();
  const here = `/admin/billing/events/${encodeURIComponent(event.eventId)}`;
  const isAsked = mayReplay && params.get("act") === "replay";
  return (
    <>
      <h2 className="font-semibold text-lg [overflow-wrap:anywhere]">{event.type}</h2>
      {isAsked && (
        <ReasonedQuestion
          title="Replay this event"
          description="What has not ended is handled now, by what Stripe says now. What has ended stays as it is."
          deed={{ intent: "replay", label: "Replay" }}
          cancelTo={here}
          failure={answer?.ok === false ? answer : undefined}
        />
      )}
      {answer?.ok && <DryRun items={answer.items} />}
      <EventFacts event={event} />
      {mayReplay && !isAsked && (
        <Form method="post" action={here} className="flex flex-wrap gap-2">
          <Button type="submit" name="intent" value="preview" variant="secondary">
            Dry run
          </Button>
          <Link to={`${here}?act=replay`} className={buttonClass("secondary")}>
            Replay
          </Link>
        </Form>
      )}
      <EventDispatches dispatches={event.dispatches} />
      <EventPayload payload={event.payload} />
    </>
  );
}
