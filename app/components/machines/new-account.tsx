import { Form } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import {
  ACCOUNT_DESCRIPTION_LENGTH_MAX,
  ACCOUNT_NAME_LENGTH_MAX,
  TENANT_SCOPES,
} from "../../../server/machines/terms";
import type { FormFailure } from "../../http.server";
import { ScopeChoice } from "./scope-choice";

export interface NewAccountProps {
  tenants: readonly { slug: string; name: string }[];
  failure: FormFailure | undefined;
}

/** Makes an account of a workspace, with the scopes its tokens may carry at most. */
export function NewAccount({ tenants, failure }: NewAccountProps) {
  const form = useFocusFirstError(failure);
  const errors = failure?.errors ?? {};
  const values = failure?.values ?? {};
  return (
    <Card aria-labelledby="new-account">
      <CardHeader
        id="new-account"
        title="New account"
        description="Its tokens carry these scopes or fewer."
      />
      <Form ref={form} method="post" className="flex flex-col gap-5 px-5 pb-6 sm:px-6">
        {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Workspace" error={errors["tenant"]}>
            {(control) => (
              <Select {...control} name="tenant" defaultValue={values["tenant"]}>
                {tenants.map(({ slug, name }) => (
                  <option key={slug} value={slug}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="Name" error={errors["name"]} hint="Small letters, digits and hyphens.">
            {(control) => (
              <Input
                {...control}
                name="name"
                required
                maxLength={ACCOUNT_NAME_LENGTH_MAX}
                autoComplete="off"
                defaultValue={values["name"]}
              />
            )}
          </Field>
        </div>
        <Field label="Description" isOptional error={errors["description"]}>
          {(control) => (
            <Input
              {...control}
              name="description"
              maxLength={ACCOUNT_DESCRIPTION_LENGTH_MAX}
              autoComplete="off"
              defaultValue={values["description"]}
            />
          )}
        </Field>
        <ScopeChoice scopes={TENANT_SCOPES} error={errors["scopes"]} />
        <Button type="submit" name="intent" value="create" className="self-start">
          Make account
        </Button>
      </Form>
    </Card>
  );
}
