import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import { KeyRound } from "lucide-react";
import { z } from "zod";
import { MachineViews } from "~/components/machines/machine-views";
import { TokenFilters } from "~/components/machines/token-filters";
import { TokenList } from "~/components/machines/token-list";
import { PageHeading } from "~/components/shell/page-heading";
import { Alert } from "~/components/ui/alert";
import { buttonClass } from "~/components/ui/button";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Pagination } from "~/components/ui/pagination";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { ListTokens, RevokeToken } from "../../server/machines/contract";
import { ROLE_PERMISSIONS } from "../../server/tenants/terms";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const Search = ListTokens.unwrap().extend({ revoke: z.string().optional() });
const RevokeForm = RevokeToken.extend({ intent: z.literal("revoke") });

export const meta: MetaFunction = () => [{ title: "Automation · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { platformRole } = await requireUser(args);
  const { revoke: _, ...filters } = parseSearch(args.request, Search);
  const [list, { memberships }] = await Promise.all([
    api(args).serviceAccounts.tokens(filters),
    api(args).auth.me(),
  ]);
  const managed = memberships.filter(({ role }) => ROLE_PERMISSIONS[role].has("machines.manage"));
  return {
    list,
    values: textsOf(filters),
    tenants: managed.map(({ tenant: { slug, name } }) => ({ slug, name })),
    hasPlatform: PLATFORM_ROLE_PERMISSIONS[platformRole].has("machineTokens.manage"),
  };
}

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  return submitForm(args, RevokeForm, async ({ intent: _, ...input }) => {
    await api(args).serviceAccounts.revoke(input);
    return redirectWithToast(args, "/account/automation", { kind: "success", message: "Token revoked" });
  });
}

/** The filters as the form shows them; pages and empty ones are left out. */
function textsOf(filters: Omit<z.output<typeof Search>, "revoke">): Record<string, string> {
  const { account, tenant, status, fingerprint } = filters;
  const entries = Object.entries({ account, tenant, status, fingerprint });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

export default function AutomationPage() {
  const { list, values, tenants, hasPlatform } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const [params] = useSearchParams();
  const isFiltered = Object.keys(values).length > 0;
  return (
    <>
      <PageHeading
        title="Automation"
        description="Scripts and integrations act as machine accounts, with tokens of their own."
        action={
          <Link to="/account/automation/issue" className={buttonClass("primary")}>
            Issue a token
          </Link>
        }
      />
      <div className="flex flex-col gap-6">
        <MachineViews />
        {answer && Object.keys(answer.errors).length === 0 && <Alert tone="danger">{answer.message}</Alert>}
        <Card aria-label="Tokens" className="overflow-hidden">
          <TokenFilters values={values} tenants={tenants} hasPlatform={hasPlatform} />
          {list.items.length === 0 ? (
            <EmptyState
              icon={<KeyRound />}
              title={isFiltered ? "No token fits" : "No tokens yet"}
              description={
                isFiltered
                  ? "Change or clear the filters."
                  : "Admins and owners of a workspace issue tokens for its machines. They are listed here."
              }
            />
          ) : (
            <TokenList
              tokens={list.items}
              revoking={params.get("revoke")}
              search={params.toString()}
              failure={answer}
            />
          )}
          <Pagination {...list} noun={list.total === 1 ? "token" : "tokens"} />
        </Card>
      </div>
    </>
  );
}
