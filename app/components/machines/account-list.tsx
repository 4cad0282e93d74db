import { Form } from "@remix-run/react";
import { Bot } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import type { AccountSummary } from "../../../server/machines/accounts";

/** Machine accounts of the workspaces a person manages, each to be disabled and enabled again. */
export function AccountList({ accounts }: { accounts: readonly AccountSummary[] }) {
  return (
    <Card aria-label="Accounts" className="overflow-hidden">
      {accounts.length === 0 ? (
        <EmptyState
          icon={<Bot />}
          title="No accounts yet"
          description="Make one below, or issue a token first."
        />
      ) : (
        <ul className="divide-y divide-line">
          {accounts.map((account) => (
            <li
              key={account.id}
              className="flex flex-wrap items-start justify-between gap-4 px-5 py-4 sm:px-6"
            >
              <div className="min-w-0 flex-1 basis-72 text-sm [overflow-wrap:anywhere]">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {account.name}
                  {account.isDisabled && <Badge tone="warning">disabled</Badge>}
                  {account.isCatalogued && <Badge>catalogue</Badge>}
                  <span className="font-normal text-ink-muted">{account.tenant.name}</span>
                </p>
                {account.description && <p className="mt-0.5">{account.description}</p>}
                <p className="mt-0.5 text-[13px] text-ink-muted">{account.scopes.join(", ")}</p>
              </div>
              <Form method="post">
                <input type="hidden" name="accountId" value={account.id} />
                <Button
                  type="submit"
                  name="intent"
                  value={account.isDisabled ? "enable" : "disable"}
                  variant="secondary"
                  size="sm"
                  aria-label={`${account.isDisabled ? "Enable" : "Disable"} ${account.name} in ${account.tenant.name}`}
                >
                  {account.isDisabled ? "Enable" : "Disable"}
                </Button>
              </Form>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
