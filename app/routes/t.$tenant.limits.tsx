import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { type ShouldRevalidateFunctionArgs, useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { AskForMore } from "~/components/billing/ask-for-more";
import { CapSettings } from "~/components/billing/cap-settings";
import { LimitRequests } from "~/components/billing/limit-requests";
import { MemberLimits } from "~/components/billing/member-limits";
import { MonthCard } from "~/components/billing/month-card";
import { PageHeading } from "~/components/shell/page-heading";
import {
  AskForMore as AskInput,
  DecideRequest,
  DollarsAsNano,
  ListMemberLimits,
} from "../../server/wallet/contract";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Limits · Parley" }];

const version = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const cap = z.union([
  z
    .string()
    .trim()
    .length(0)
    .transform(() => "0"),
  DollarsAsNano,
]);
const CapForm = z.object({ version, cap, hardStop: z.literal("on").optional() });
const MemberForm = z.object({ version, cap, userId: z.string() });
const AskForm = z.object({ extra: DollarsAsNano, note: AskInput.shape.note });
const Search = z.object({
  search: ListMemberLimits.unwrap().shape.search.catch(""),
  page: ListMemberLimits.unwrap().shape.page.catch(1),
});

export async function loader(args: LoaderFunctionArgs) {
  const { scope } = await requireMember(args);
  const query = parseSearch(args.request, Search);
  const { limits } = api(args);
  const maySeeAll = scope.permissions.has("billing.read");
  const [view, members] = await Promise.all([limits.get(), maySeeAll ? limits.members(query) : null]);
  return { limits: view, members, search: query.search };
}

export async function action(args: ActionFunctionArgs) {
  const { scope } = await requireMember(args);
  const { limits } = api(args);
  const done = (message: string) =>
    redirectWithToast(args, `/t/${scope.tenant.slug}/limits`, { kind: "success", message });
  const intent = (await args.request.clone().formData()).get("intent");
  if (intent === "member")
    return submitForm(args, MemberForm, async ({ cap: monthlyCapNano, ...named }) => {
      await limits.setMember({ ...named, monthlyCapNano });
      return done("The member's limit is saved");
    });
  if (intent === "ask")
    return submitForm(args, AskForm, async ({ extra: extraNano, note }) => {
      await limits.askForMore({ extraNano, note });
      return done("The admins have been asked");
    });
  if (intent === "decide")
    return submitForm(args, DecideRequest.strip(), async (answer) => {
      await limits.decide(answer);
      return done(answer.decision === "accept" ? "Accepted" : "Declined");
    });
  return submitForm(args, CapForm, async ({ cap: monthlyCapNano, hardStop, ...read }) => {
    await limits.set({ ...read, monthlyCapNano, hardStop: hardStop === "on" });
    return done("The limit is saved");
  });
}

/** After a conflict the page shows what was saved meanwhile, beside what was typed. */
export function shouldRevalidate({ actionStatus, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs) {
  return actionStatus === 409 || defaultShouldRevalidate;
}

export default function LimitsPage() {
  const { limits, members, search } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const failureOf = (intent: string) => (failure?.values["intent"] === intent ? failure : undefined);
  const { canManage, requests, ownRequest } = limits;
  return (
    <>
      <PageHeading
        title="Limits"
        description={
          members ? "How much this workspace and its members may spend." : "How much you may spend."
        }
      />
      <div className="flex flex-col gap-6">
        <LimitRequests {...{ requests, canManage }} failure={failureOf("decide")} />
        <MonthCard limits={limits} />
        {canManage && <CapSettings limits={limits} failure={failureOf("cap")} />}
        {members === null && <AskForMore request={ownRequest} failure={failureOf("ask")} />}
        {members && <MemberLimits {...{ members, search, canManage }} failure={failureOf("member")} />}
      </div>
    </>
  );
}
