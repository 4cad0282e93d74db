import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { AccountList } from "~/components/machines/account-list";
import { MachineViews } from "~/components/machines/machine-views";
import { NewAccount } from "~/components/machines/new-account";
import { PageHeading } from "~/components/shell/page-heading";
import { Alert } from "~/components/ui/alert";
import { CreateAccount, SetAccountDisabled } from "../../server/machines/contract";
import { ROLE_PERMISSIONS } from "../../server/tenants/terms";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const HERE = "/account/automation/accounts";

const AccountForm = z.discriminatedUnion("intent", [
  CreateAccount.extend({ intent: z.literal("create") }),
  SetAccountDisabled.omit({ disabled: true }).extend({ intent: z.enum(["disable", "enable"]) }),
]);

export const meta: MetaFunction = () => [{ title: "Machine accounts · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireUser(args);
  const [{ items }, { memberships }] = await Promise.all([
    api(args).serviceAccounts.accounts(),
    api(args).auth.me(),
  ]);
  const managed = memberships.filter(({ role }) => ROLE_PERMISSIONS[role].has("machines.manage"));
  const tenants = managed.map(({ tenant: { slug, name } }) => ({ slug, name }));
  return { accounts: items, tenants, visit: args.context.info.id };
}

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  return submitForm(args, AccountForm, async (form) => {
    if (form.intent === "create") {
      const { intent: _, ...input } = form;
      await api(args).serviceAccounts.createAccount(input);
      return redirectWithToast(args, HERE, { kind: "success", message: "Account made" });
    }
    const { accountId } = form;
    const disabled = form.intent === "disable";
    await api(args).serviceAccounts.setAccountDisabled({ accountId, disabled });
    const message = disabled ? "Account disabled" : "Account enabled";
    return redirectWithToast(args, HERE, { kind: "success", message });
  });
}

export default function AccountsPage() {
  const { accounts, tenants, visit } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const isOfList = failure !== undefined && "accountId" in failure.values;
  return (
    <>
      <PageHeading
        title="Machine accounts"
        description="Accounts of the catalogue appear with their first token; a workspace can make its own."
      />
      <div className="flex flex-col gap-6">
        <MachineViews />
        {isOfList && <Alert tone="danger">{failure.message}</Alert>}
        <AccountList accounts={accounts} />
        {tenants.length > 0 && (
          <NewAccount key={visit} tenants={tenants} failure={isOfList ? undefined : failure} />
        )}
      </div>
    </>
  );
}
