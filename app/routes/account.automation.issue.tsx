import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { AccountChoice, type AccountGroup } from "~/components/machines/account-choice";
import { IssueForm } from "~/components/machines/issue-form";
import { IssuedTokenDialog, VaultSteps } from "~/components/machines/issued-token";
import { MachineViews } from "~/components/machines/machine-views";
import { PageHeading } from "~/components/shell/page-heading";
import { Card, CardHeader } from "~/components/ui/card";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { IssueSigned, IssueToken } from "../../server/machines/contract";
import { CATALOGUE, type MachineScope } from "../../server/machines/terms";
import { ROLE_PERMISSIONS } from "../../server/tenants/terms";
import { api } from "../api.server";
import { openIssuanceWays, parseSearch, submitForm } from "../http.server";
import { requireRecent } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const Search = z.strictObject({ account: z.string().max(200).optional() });

const Form = z.discriminatedUnion("intent", [
  IssueToken.extend({ intent: z.literal("issue") }),
  IssueToken.extend({ intent: z.literal("prepare") }),
  IssueSigned.extend({ intent: z.literal("signed") }),
]);

export const meta: MetaFunction = () => [{ title: "Issue a token · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { platformRole } = await requireRecent(args);
  const { account } = parseSearch(args.request, Search);
  const [{ items }, { memberships }] = await Promise.all([
    api(args).serviceAccounts.accounts(),
    api(args).auth.me(),
  ]);
  const managed = memberships.filter(({ role }) => ROLE_PERMISSIONS[role].has("machines.manage"));
  const groups = managed.map(({ tenant: { slug, name } }) => ({
    slug,
    name,
    accounts: accountsOf(
      "tenant",
      items.filter((item) => item.tenant.slug === slug && !item.isDisabled),
    ),
  }));
  const isPlatformAdmin = PLATFORM_ROLE_PERMISSIONS[platformRole].has("machineTokens.manage");
  if (isPlatformAdmin) groups.push({ slug: "", name: "Platform", accounts: accountsOf("platform", []) });
  return { groups, chosen: account ?? null, ways: openIssuanceWays() };
}

/** The catalogue's accounts of a place, then those it made itself. */
function accountsOf(
  place: "tenant" | "platform",
  own: readonly { name: string; isCatalogued: boolean; description: string; scopes: MachineScope[] }[],
): AccountGroup["accounts"] {
  const fromCatalogue = Object.entries(CATALOGUE)
    .filter(([, account]) => account.in === place)
    .map(([name, { description, scopes }]) => ({ name, description, scopes: [...scopes] as MachineScope[] }));
  return [...fromCatalogue, ...own.filter(({ isCatalogued }) => !isCatalogued)];
}

export async function action(args: ActionFunctionArgs) {
  await requireRecent(args);
  return submitForm(args, Form, async (form) => {
    const { intent, ...input } = form;
    if (intent === "signed") {
      const { payload, signature } = form;
      return {
        ok: true as const,
        issued: await api(args).serviceAccounts.issueSigned({ payload, signature }),
      };
    }
    const wish = IssueToken.parse(input);
    if (intent === "prepare") {
      return { ok: true as const, prepared: await api(args).serviceAccounts.prepare(wish) };
    }
    return { ok: true as const, issued: await api(args).serviceAccounts.issue(wish) };
  });
}

export default function IssuePage() {
  const { groups, chosen, ways } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const failure = answer && !answer.ok ? answer : undefined;
  const again = failure?.values["payload"];
  const fresh = answer?.ok && "prepared" in answer ? answer.prepared : undefined;
  const prepared = again === undefined ? fresh : { payload: again };
  const issued = answer?.ok && "issued" in answer ? answer.issued : undefined;
  const group = groups.find(({ slug }) => chosen?.startsWith(`${slug}/`));
  const account = group?.accounts.find(({ name }) => chosen === `${group.slug}/${name}`);
  return (
    <>
      <PageHeading title="Issue a token" description="For one account, with no more scopes than it needs." />
      <div className="flex flex-col gap-6">
        <MachineViews />
        {issued && <IssuedTokenDialog token={issued} />}
        {prepared ? (
          <Card aria-labelledby="vault">
            <CardHeader id="vault" title="Have Vault sign it" description="Nothing is issued before that." />
            <VaultSteps prepared={prepared} error={failure?.errors["signature"] ?? failure?.message} />
          </Card>
        ) : (
          <Card aria-label="New token">
            <AccountChoice groups={groups} chosen={chosen} />
            {group && account && <IssueForm group={group} account={account} ways={ways} failure={failure} />}
          </Card>
        )}
      </div>
    </>
  );
}
