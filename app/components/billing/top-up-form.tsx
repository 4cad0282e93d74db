import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import type { FormFailure } from "../../http.server";

/** Fills the reserve by whole cents. */
export function TopUpForm({ failure }: { failure: FormFailure | undefined }) {
  const isPending = useNavigation().formData?.get("intent") === "top-up";
  const error = failure?.errors["dollars"];
  return (
    <Form
      method="post"
      noValidate
      preventScrollReset
      className="flex flex-col gap-3 border-line border-t px-5 py-5 sm:px-6"
    >
      {failure && !error && <Alert tone="danger">{failure.message}</Alert>}
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Top up by, in dollars" error={error} className="w-48">
          {(control) => (
            <Input
              {...control}
              name="dollars"
              inputMode="decimal"
              defaultValue={failure?.values["dollars"] ?? "25"}
            />
          )}
        </Field>
        <Button type="submit" name="intent" value="top-up" variant="secondary" isPending={isPending}>
          Top up
        </Button>
      </div>
    </Form>
  );
}
