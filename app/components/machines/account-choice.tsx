import { Form, useSubmit } from "@remix-run/react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import type { MachineScope } from "../../../server/machines/terms";

export interface AccountGroup {
  /** The workspace's slug; empty for the platform. */
  slug: string;
  name: string;
  accounts: readonly { name: string; description: string; scopes: MachineScope[] }[];
}

/** Which account the token is for. A form of GET: works without scripts; with scripts a choice is applied at once. */
export function AccountChoice({
  groups,
  chosen,
}: {
  groups: readonly AccountGroup[];
  chosen: string | null;
}) {
  const submit = useSubmit();
  if (groups.length === 0) {
    return (
      <p className="px-6 py-8 text-center text-ink-muted text-sm">
        Admins and owners of a workspace issue tokens. You are neither anywhere yet.
      </p>
    );
  }
  return (
    <Form method="get" className="flex flex-wrap items-end gap-3 px-5 py-5 sm:px-6">
      <Field label="Account" className="w-full max-w-md">
        {(control) => (
          <Select
            {...control}
            name="account"
            defaultValue={chosen ?? ""}
            onChange={(event) => submit(event.currentTarget.form)}
          >
            <option value="">Choose an account</option>
            {groups.map(({ slug, name, accounts }) => (
              <optgroup key={slug} label={name}>
                {accounts.map((account) => (
                  <option key={account.name} value={`${slug}/${account.name}`}>
                    {account.name}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        )}
      </Field>
      <noscript>
        <Button type="submit" variant="secondary">
          Continue
        </Button>
      </noscript>
    </Form>
  );
}
