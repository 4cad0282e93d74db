import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import type { PlanItem } from "../../../server/catalogue/plans";
import type { FormFailure } from "../../http.server";

interface PlanFormProps {
  plans: readonly PlanItem[];
  present: string;
  failure: FormFailure | undefined;
}

/** The way to another plan. What has to be paid for says so. */
export function PlanForm({ plans, present, failure }: PlanFormProps) {
  const isPending = useNavigation().formData?.get("intent") === "plan";
  return (
    <Form
      method="post"
      preventScrollReset
      className="flex flex-col gap-3 border-line border-t px-5 py-5 sm:px-6"
    >
      {failure && <Alert tone="danger">{failure.message}</Alert>}
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Change to" className="min-w-0 flex-1 basis-56 sm:max-w-xs">
          {(control) => (
            <Select {...control} name="plan" key={present} defaultValue={failure?.values["plan"] ?? present}>
              {plans.map((plan) => (
                <option key={plan.code} value={plan.code}>
                  {plan.name}, {priceOf(plan)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button type="submit" name="intent" value="plan" variant="secondary" isPending={isPending}>
          Change the plan
        </Button>
      </div>
    </Form>
  );
}

function priceOf({ prices, code }: PlanItem): string {
  const month = prices.find(({ interval }) => interval === "month");
  if (!month) return "by agreement";
  return code === "free" ? "free of charge" : `$${month.price} a month`;
}
