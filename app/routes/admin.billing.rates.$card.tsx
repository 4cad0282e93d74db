import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import type { z } from "zod";
import { RateDraftCard } from "~/components/admin/billing-rate-draft";
import { RateDifferences } from "~/components/admin/billing-rate-lines";
import { RateVersions } from "~/components/admin/billing-rate-versions";
import { ReasonedQuestion } from "~/components/admin/reasoned-question";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { RatesForm } from "../../server/catalogue/contract";
import type { RateCardDetail } from "../../server/catalogue/rates/cards";
import { api } from "../api.server";
import { type FormFailure, redirectWithToast, submitForm } from "../http.server";
import { requireOperator, requireRecent } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const DONE: Record<z.output<typeof RatesForm>["intent"], string> = {
  begin: "The draft is a copy of the newest version",
  save: "Draft saved",
  drop: "The draft is gone",
  publish: "Published",
  recall: "Recalled",
};
const QUESTIONS = ["publish", "recall"];

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.card.code ?? "Prices"} · Parley` },
];

export async function loader(args: LoaderFunctionArgs) {
  const { platformRole } = await requireOperator(args, "billing.read");
  const act = new URL(args.request.url).searchParams.get("act") ?? "";
  // Before the question rather than after the answer, so that nothing typed is lost.
  if (QUESTIONS.includes(act)) await requireRecent(args);
  return {
    card: await api(args).admin.billing.rateCard({ card: args.params["card"] ?? "" }),
    mayDecide: PLATFORM_ROLE_PERMISSIONS[platformRole].has("billing.manage"),
  };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "billing.manage");
  const card = args.params["card"] ?? "";
  return submitForm(args, RatesForm, async (form) => {
    await carryOut(api(args).admin.billing, card, form);
    const toast = { kind: "success" as const, message: DONE[form.intent] };
    return redirectWithToast(args, `/admin/billing/rates/${card}`, toast);
  });
}

type Desk = ReturnType<typeof api>["admin"]["billing"];

async function carryOut(desk: Desk, card: string, form: z.output<typeof RatesForm>): Promise<void> {
  if (form.intent === "begin") await desk.beginRateDraft({ card });
  if (form.intent === "drop") await desk.dropRateDraft({ card, revision: form.revision });
  if (form.intent === "publish") {
    await desk.publishRateDraft({ card, revision: form.revision, reason: form.reason });
  }
  if (form.intent === "recall") {
    await desk.recallRateVersion({ card, version: form.version, reason: form.reason });
  }
  if (form.intent === "save") {
    const { intent: _, ...draft } = form;
    await desk.saveRateDraft({ card, ...draft });
  }
}

export default function RateCardPage() {
  const { card, mayDecide } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const [params] = useSearchParams();
  const act = mayDecide ? params.get("act") : null;
  const { draft, currency, versions } = card;
  return (
    <>
      <h2 className="font-semibold text-lg">Rate card {card.code}</h2>
      {act === "publish" && draft ? (
        <Publishing card={card} draft={draft} failure={failure} />
      ) : act === "recall" && versions[0] ? (
        <Recalling card={card} version={versions[0].version} failure={failure} />
      ) : (
        <>
          {mayDecide && draft && <RateDraftCard draft={draft} currency={currency} failure={failure} />}
          {!draft && failure && <Alert tone="danger">{failure.message}</Alert>}
          {mayDecide && !draft && <BeginDraft />}
        </>
      )}
      <RateVersions versions={versions} currency={currency} mayDecide={mayDecide} />
    </>
  );
}

interface QuestionProps {
  card: RateCardDetail;
  failure: FormFailure | undefined;
}

/** The second look: what changes, old beside new, and from when. */
function Publishing({
  card,
  draft,
  failure,
}: QuestionProps & { draft: NonNullable<RateCardDetail["draft"]> }) {
  return (
    <>
      <Card aria-labelledby="changes">
        <CardHeader
          id="changes"
          title="What changes"
          description={
            <>
              For every plan on this card, from <LocalTime value={draft.effectiveFrom} hasTime />.
            </>
          }
        />
        <RateDifferences differences={draft.differences} currency={card.currency} />
      </Card>
      <ReasonedQuestion
        title="Publish these prices?"
        description="Until they begin they can be recalled. From then on they are history."
        deed={{ intent: "publish", label: "Publish" }}
        cancelTo={`/admin/billing/rates/${card.code}`}
        failure={failure}
      >
        {() => <input type="hidden" name="revision" value={draft.revision} />}
      </ReasonedQuestion>
    </>
  );
}

function Recalling({ card, version, failure }: QuestionProps & { version: number }) {
  return (
    <ReasonedQuestion
      title={`Recall version ${version}?`}
      description="It will not begin. The version before it goes on."
      deed={{ intent: "recall", label: "Recall", isHarm: true }}
      cancelTo={`/admin/billing/rates/${card.code}`}
      failure={failure}
    >
      {() => <input type="hidden" name="version" value={version} />}
    </ReasonedQuestion>
  );
}

function BeginDraft() {
  return (
    <Form method="post">
      <Button type="submit" name="intent" value="begin">
        Draft the next version
      </Button>
    </Form>
  );
}
