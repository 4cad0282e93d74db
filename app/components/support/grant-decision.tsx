import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import type { GrantItem } from "../../../server/support-access/items";
import { SUPPORT_HOURS, SUPPORT_SCOPE_LABELS, SUPPORT_SCOPES } from "../../../server/support-access/terms";
import type { FormFailure } from "../../http.server";
import { hoursLabel } from "./grant-words";

export interface GrantDecisionProps {
  grant: GrantItem;
  failure: FormFailure | undefined;
}

/** The answer to a request: as much as was asked for, or less, or nothing. */
export function GrantDecision({ grant, failure }: GrantDecisionProps) {
  const form = useFocusFirstError(failure);
  const intent = useNavigation().formData?.get("intent");
  const errors = failure?.errors ?? {};
  const scopes = SUPPORT_SCOPES.filter((scope) => scope === "metadata" || grant.wantedScope === "content");
  return (
    <Form ref={form} method="post" noValidate className="flex w-full max-w-xl flex-col gap-4">
      <input type="hidden" name="grantId" value={grant.grantId} />
      {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="They may see" error={errors["scope"]}>
          {(control) => (
            <Select {...control} name="scope" defaultValue="metadata">
              {scopes.map((scope) => (
                <option key={scope} value={scope}>
                  {SUPPORT_SCOPE_LABELS[scope]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="For" error={errors["hours"]}>
          {(control) => (
            <Select {...control} name="hours" defaultValue={grant.wantedHours}>
              {SUPPORT_HOURS.filter((hours) => hours <= grant.wantedHours).map((hours) => (
                <option key={hours} value={hours}>
                  {hoursLabel(hours)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" name="intent" value="approve" isPending={intent === "approve"}>
          Approve
        </Button>
        <Button
          type="submit"
          name="intent"
          value="decline"
          variant="secondary"
          isPending={intent === "decline"}
        >
          Decline
        </Button>
      </div>
    </Form>
  );
}
