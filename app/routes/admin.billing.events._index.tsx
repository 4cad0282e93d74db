import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData, useLocation, useSearchParams } from "@remix-run/react";
import { Webhook } from "lucide-react";
import { EventFilters, type EventFilterValues } from "~/components/admin/billing-events/filters";
import { DryRun } from "~/components/admin/billing-events/outcome";
import { EventTable } from "~/components/admin/billing-events/table";
import { replayedSentence } from "~/components/admin/billing-events/words";
import { ReasonedQuestion } from "~/components/admin/reasoned-question";
import { LogTurn } from "~/components/audit/log-turn";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { LocalTime } from "~/components/ui/local-time";
import { ReplayForm } from "../../server/admin/contract";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { ListStripeEvents, StripeEventQuery } from "../../server/billing/contract";
import type { IntakeOverview } from "../../server/billing/intake/overview";
import { REPLAYED_EVENTS_MAX } from "../../server/billing/terms";
import { api } from "../api.server";
import { pagePath, parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Stripe events · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { platformRole } = await requireOperator(args, "billing.read");
  const query = parseSearch(args.request, ListStripeEvents);
  const { cursor, limit: _, ...asked } = query;
  const { billing } = api(args).admin;
  const [events, intake] = await Promise.all([billing.events(query), billing.intake()]);
  const filters: EventFilterValues = Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined),
  );
  const mayReplay = PLATFORM_ROLE_PERMISSIONS[platformRole].has("billing.manage");
  return { ...events, intake, filters, isFirst: cursor === undefined, mayReplay };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "billing.manage");
  const asked = parseSearch(args.request, StripeEventQuery);
  return submitForm(args, ReplayForm, async (form) => {
    const filter = { ...asked, limit: REPLAYED_EVENTS_MAX };
    const { billing } = api(args).admin;
    if (form.intent === "preview")
      return { ok: true as const, ...(await billing.replay({ filter, dryRun: true })) };
    const { items } = await billing.replay({ filter, dryRun: false, reason: form.reason });
    const message = items.length === 0 ? "No event fits" : replayedSentence(items);
    return redirectWithToast(args, withoutAct(pagePath(args.request)), { kind: "success", message });
  });
}

function withoutAct(path: string): string {
  const [page = "", search = ""] = path.split("?");
  const params = new URLSearchParams(search);
  params.delete("act");
  return `${page}?${params}`;
}

export default function StripeEventsPage() {
  const { items, nextCursor, intake, filters, isFirst, mayReplay } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const [params] = useSearchParams();
  const { pathname, search } = useLocation();
  const here = withoutAct(pathname + search);
  const isAsked = mayReplay && params.get("act") === "replay";
  return (
    <>
      <Intake intake={intake} />
      {isAsked && (
        <ReasonedQuestion
          title="Replay what fits the filter"
          description={`At most ${REPLAYED_EVENTS_MAX} events, the newest that fit. What has ended already stays as it is.`}
          deed={{ intent: "replay", label: "Replay" }}
          cancelTo={here}
          failure={answer?.ok === false ? answer : undefined}
        />
      )}
      {answer?.ok && <DryRun items={answer.items} />}
      <Card aria-labelledby="events" className="overflow-hidden">
        <CardHeader
          id="events"
          title="Stripe events"
          description="Everything that Stripe told us, and what became of it."
          action={mayReplay && items.length > 0 && <Deeds here={here} />}
        />
        <EventFilters values={filters} />
        {items.length > 0 ? (
          <EventTable events={items} />
        ) : (
          <EmptyState
            icon={<Webhook />}
            title="No event found"
            description="Nothing fits these filters, or Stripe has told us nothing yet."
          />
        )}
        <LogTurn nextCursor={nextCursor} isFirst={isFirst} />
      </Card>
    </>
  );
}

function Deeds({ here }: { here: string }) {
  const [page = "", search = ""] = here.split("?");
  const asking = new URLSearchParams(search);
  asking.set("act", "replay");
  return (
    <Form method="post" action={here} className="flex flex-wrap gap-2">
      <Button type="submit" name="intent" value="preview" variant="secondary" size="sm">
        Dry run
      </Button>
      <Link to={`${page}?${asking}`} className={buttonClass("secondary", "sm")}>
        Replay what fits
      </Link>
    </Form>
  );
}

function Intake({ intake: { lastEventAt, failed, dead } }: { intake: IntakeOverview }) {
  const open = [
    ...(dead > 0 ? [`${dead} given up`] : []),
    ...(failed > 0 ? [`${failed} failed and tried again`] : []),
  ];
  return (
    <Alert tone={dead > 0 ? "danger" : failed > 0 ? "warning" : "info"}>
      {lastEventAt === null ? (
        "Stripe has told us nothing yet."
      ) : (
        <>
          The last event came <LocalTime value={lastEventAt} hasTime />.{" "}
          {open.length === 0 ? "Nothing has failed." : `${open.join(", ")}.`}
        </>
      )}
    </Alert>
  );
}
