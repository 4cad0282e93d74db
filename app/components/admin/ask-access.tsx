import { Form, useNavigation } from "@remix-run/react";
import { hoursLabel } from "~/components/support/grant-words";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { Textarea } from "~/components/ui/textarea";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import {
  SUPPORT_HOURS,
  SUPPORT_REASON_LENGTH_MAX,
  SUPPORT_REASON_LENGTH_MIN,
  SUPPORT_SCOPE_LABELS,
  SUPPORT_SCOPES,
} from "../../../server/support-access/terms";
import type { FormFailure } from "../../http.server";

/** The request for access to a workspace, which its admins read and answer. */
export function AskAccess({ failure }: { failure: FormFailure | undefined }) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "ask";
  const errors = failure?.errors ?? {};
  return (
    <Card aria-labelledby="ask">
      <CardHeader
        id="ask"
        title="Ask for access"
        description="The workspace's admins get a mail and decide. Ask for no more than you need."
      />
      <Form ref={form} method="post" noValidate className="flex max-w-xl flex-col gap-5 px-5 pb-5 sm:px-6">
        {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
        <Field
          label="Reason"
          error={errors["reason"]}
          hint={`At least ${SUPPORT_REASON_LENGTH_MIN} characters. The customer reads it.`}
        >
          {(control) => (
            <Textarea
              {...control}
              name="reason"
              maxLength={SUPPORT_REASON_LENGTH_MAX}
              defaultValue={failure?.values["reason"]}
              required
            />
          )}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="To see" error={errors["scope"]}>
            {(control) => (
              <Select {...control} name="scope" defaultValue={failure?.values["scope"] ?? "metadata"}>
                {SUPPORT_SCOPES.map((scope) => (
                  <option key={scope} value={scope}>
                    {SUPPORT_SCOPE_LABELS[scope]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="For" error={errors["hours"]}>
            {(control) => (
              <Select {...control} name="hours" defaultValue={failure?.values["hours"] ?? SUPPORT_HOURS[0]}>
                {SUPPORT_HOURS.map((hours) => (
                  <option key={hours} value={hours}>
                    {hoursLabel(hours)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <Button type="submit" name="intent" value="ask" isPending={isPending} className="self-start">
          Ask for access
        </Button>
      </Form>
    </Card>
  );
}
