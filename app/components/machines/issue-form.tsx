import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { REASON_LENGTH_MAX, REASON_LENGTH_MIN } from "../../../server/machines/terms";
import type { FormFailure } from "../../http.server";
import type { AccountGroup } from "./account-choice";
import { ScopeChoice } from "./scope-choice";

export interface IssueFormProps {
  group: AccountGroup;
  account: AccountGroup["accounts"][number];
  /** The ways of issuing that are open here. */
  ways: readonly string[];
  failure: FormFailure | undefined;
}

/** Scopes and reason of a new token: signed by the server, or, with the other button, by Vault. */
export function IssueForm({ group, account, ways, failure }: IssueFormProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formMethod === "POST";
  const errors = failure?.errors ?? {};
  return (
    <Form
      ref={form}
      key={`${group.slug}/${account.name}`}
      method="post"
      className="flex flex-col gap-5 border-line border-t px-5 py-5 sm:px-6"
    >
      {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
      <p className="text-sm">
        {account.description && `${account.description}. `}
        <span className="text-ink-muted">
          {group.slug === "" ? "Acts on the platform." : `Acts in ${group.name}.`}
        </span>
      </p>
      <input type="hidden" name="tenant" value={group.slug} />
      <input type="hidden" name="account" value={account.name} />
      <ScopeChoice scopes={account.scopes} error={errors["scopes"]} />
      <Field
        label="Reason"
        error={errors["reason"]}
        hint="Stands in the audit log and in the list of tokens."
      >
        {(control) => (
          <Input
            {...control}
            name="reason"
            required
            minLength={REASON_LENGTH_MIN}
            maxLength={REASON_LENGTH_MAX}
            autoComplete="off"
            defaultValue={failure?.values["reason"]}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-3">
        {ways.includes("browser") && (
          <Button type="submit" name="intent" value="issue" isPending={isPending}>
            Issue token
          </Button>
        )}
        {ways.includes("vault") && (
          <Button type="submit" name="intent" value="prepare" variant="secondary">
            Sign with Vault
          </Button>
        )}
        {!ways.includes("browser") && !ways.includes("vault") && (
          <p className="text-ink-muted text-sm">Here tokens are issued by command alone.</p>
        )}
      </div>
    </Form>
  );
}
