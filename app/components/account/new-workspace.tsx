import { Form, useNavigation } from "@remix-run/react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { TENANT_NAME_LENGTH_MAX } from "../../../server/tenants/terms";
import type { FormFailure } from "../../http.server";

/** One more workspace, owned by whoever makes it. */
export function NewWorkspace({ failure }: { failure: FormFailure | undefined }) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "create";
  // Too many workspaces is a refusal of the whole form, and the name is all of it.
  const error = failure?.errors["name"] ?? failure?.message;
  return (
    <Form
      ref={form}
      method="post"
      noValidate
      className="flex flex-col gap-4 border-line border-t px-5 py-5 sm:flex-row sm:items-start sm:px-6"
    >
      <Field label="New workspace" error={error} className="flex-1">
        {(control) => (
          <Input
            {...control}
            name="name"
            autoComplete="organization"
            maxLength={TENANT_NAME_LENGTH_MAX}
            defaultValue={failure?.values["name"]}
            placeholder="Its name"
            required
          />
        )}
      </Field>
      <Button
        type="submit"
        name="intent"
        value="create"
        variant="secondary"
        isPending={isPending}
        className="sm:mt-7"
      >
        Create workspace
      </Button>
    </Form>
  );
}
