import { Form, Link, useNavigation } from "@remix-run/react";
import type { ReactNode } from "react";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Textarea } from "~/components/ui/textarea";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { REASON_LENGTH_MAX, REASON_LENGTH_MIN } from "../../../server/admin/terms";
import type { FormFailure } from "../../http.server";

export interface ReasonedQuestionProps {
  title: string;
  description: ReactNode;
  /** What the form's button says, and the intent it sends. */
  deed: { intent: string; label: string; isHarm?: boolean };
  /** The page without the question. */
  cancelTo: string;
  failure: FormFailure | undefined;
  /** False: nothing is harmed by it, and nobody has to say why. */
  needsReason?: boolean;
  /** Fields before the reason. Hears what was typed and what was wrong with it. */
  children?: ((errors: Record<string, string>, values: Record<string, string>) => ReactNode) | undefined;
}

/** A decision with its reason. It stands in the page rather than in a dialog, so that it is asked without JavaScript too. */
export function ReasonedQuestion({ title, description, deed, cancelTo, ...rest }: ReasonedQuestionProps) {
  const { failure, needsReason = true, children } = rest;
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === deed.intent;
  const { errors = {}, values = {} } = failure ?? {};
  const isAtField = Object.keys(errors).some((name) => name in values);
  return (
    <Card aria-labelledby="question" tone={deed.isHarm ? "danger" : "accent"}>
      <CardHeader id="question" title={title} description={description} />
      <Form ref={form} method="post" noValidate className="flex max-w-xl flex-col gap-5 px-5 pb-5 sm:px-6">
        {failure && !isAtField && <Alert tone="danger">{failure.message}</Alert>}
        {children?.(errors, values)}
        {needsReason && (
          <Field
            label="Reason"
            error={errors["reason"]}
            hint={`At least ${REASON_LENGTH_MIN} characters. It stands in the audit log with your name.`}
          >
            {(control) => (
              <Textarea
                {...control}
                name="reason"
                maxLength={REASON_LENGTH_MAX}
                defaultValue={values["reason"]}
                autoFocus={children === undefined}
                required
              />
            )}
          </Field>
        )}
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            name="intent"
            value={deed.intent}
            variant={deed.isHarm ? "danger" : "primary"}
            isPending={isPending}
          >
            {deed.label}
          </Button>
          <Link to={cancelTo} preventScrollReset className={buttonClass("secondary")}>
            Cancel
          </Link>
        </div>
      </Form>
    </Card>
  );
}
