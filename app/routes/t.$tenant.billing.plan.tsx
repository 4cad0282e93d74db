import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { LiveRefresh } from "~/components/billing/live-refresh";
import { PlanChooser } from "~/components/billing/plan-chooser";
import { PlanOffer } from "~/components/billing/plan-offer";
import { SubscriptionCard } from "~/components/billing/subscription-card";
import { ChangeSubscription, PreviewSubscription } from "../../server/billing/contract";
import { api } from "../api.server";
import { messageOfRefusal, parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Plan · Parley" }];

const Search = z.object({
  plan: PreviewSubscription.shape.plan.optional().catch(undefined),
  interval: PreviewSubscription.shape.interval.catch("month"),
});
const Nothing = z.object({});
const Portal = z.object({ flow: z.literal("payment_method").optional() });

export async function loader(args: LoaderFunctionArgs) {
  const { scope } = await requireMember(args);
  const { billing, plans } = api(args);
  const wanted = parseSearch(args.request, Search);
  // Read before the rest: what is told meanwhile is told again, and the page read once more.
  const { lastEventId } = await billing.events({ limit: 1 });
  const [view, current, sold] = await Promise.all([billing.subscription(), plans.current(), plans.list()]);
  const canManage = scope.permissions.has("billing.manage");
  const { plan, interval } = wanted;
  const isChange = canManage && view.subscription !== null && plan !== undefined;
  // What Stripe refuses to reckon is said in place of the sum.
  const preview = isChange
    ? await billing.preview({ plan, interval }).then(
        (reckoned) => ({ reckoned, refusal: null }),
        (thrown: unknown) => ({ reckoned: null, refusal: messageOfRefusal(thrown) }),
      )
    : null;
  return { ...view, current, plans: sold.items, wanted, preview, lastEventId, canManage };
}

export async function action(args: ActionFunctionArgs) {
  const { scope } = await requireMember(args);
  const { billing, plans } = api(args);
  const done = (message: string) =>
    redirectWithToast(args, `/t/${scope.tenant.slug}/billing/plan`, { kind: "success", message });
  const intent = (await args.request.clone().formData()).get("intent");
  if (intent === "checkout")
    return submitForm(args, PreviewSubscription.strip(), async (wanted) =>
      redirect((await billing.checkout(wanted)).url),
    );
  if (intent === "change")
    return submitForm(args, ChangeSubscription.strip(), async (wanted) => {
      await billing.change(wanted);
      return done("The subscription is changed");
    });
  if (intent === "portal")
    return submitForm(args, Portal, async ({ flow }) => redirect((await billing.portal({ flow })).url));
  if (intent === "free")
    return submitForm(args, Nothing, async () => {
      await plans.change({ plan: "free" });
      return done("The workspace is on the free plan");
    });
  if (intent === "resume")
    return submitForm(args, Nothing, async () => {
      await billing.resume();
      return done("The subscription goes on");
    });
  return submitForm(args, Nothing, async () => {
    await billing.cancel();
    return done("The subscription ends with the period that is paid");
  });
}

export default function PlanPage() {
  const { plans, wanted, preview, lastEventId, canManage, ...view } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const failureOf = (...intents: string[]) =>
    intents.includes(failure?.values["intent"] ?? "") ? failure : undefined;
  const isFixed = view.subscription !== null && (!view.allows.planChanges || view.subscription.isCancelling);
  const plan = plans.find(({ code }) => code === wanted.plan);
  return (
    <div className="flex flex-col gap-6">
      <LiveRefresh lastEventId={lastEventId} />
      <SubscriptionCard
        {...view}
        canManage={canManage}
        failure={failureOf("cancel", "resume", "portal", "free")}
      />
      {canManage && view.canPay && !isFixed && <PlanChooser plans={plans} wanted={wanted} />}
      {canManage && view.canPay && !isFixed && plan && (
        <PlanOffer
          {...{ plan, preview }}
          interval={wanted.interval}
          failure={failureOf("checkout", "change")}
        />
      )}
    </div>
  );
}
