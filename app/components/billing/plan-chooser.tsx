import { Form } from "@remix-run/react";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import type { PlanItem } from "../../../server/catalogue/plans";

interface PlanChooserProps {
  plans: readonly PlanItem[];
  wanted: { plan?: string | undefined; interval: string };
}

const BOUGHT_HERE = new Set(["starter", "pro"]);

/** Which plan, and how often it is paid; what it costs is shown next, and nothing is changed yet. */
export function PlanChooser({ plans, wanted }: PlanChooserProps) {
  const sold = plans.filter(({ code }) => BOUGHT_HERE.has(code));
  return (
    <Card aria-labelledby="choose">
      <CardHeader
        id="choose"
        title="Choose a plan"
        description="Each person who belongs has a seat. You see what it costs before anything is changed."
      />
      <Form
        method="get"
        preventScrollReset
        className="flex flex-wrap items-end gap-3 border-line border-t px-5 py-5 sm:px-6"
      >
        <Field label="Plan" className="min-w-0 flex-1 basis-56 sm:max-w-xs">
          {(control) => (
            <Select {...control} name="plan" defaultValue={wanted.plan ?? sold.at(-1)?.code}>
              {sold.map((plan) => (
                <option key={plan.code} value={plan.code}>
                  {plan.name}, ${plan.prices[0]?.price} a seat and month
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Paid" className="min-w-0 basis-40">
          {(control) => (
            <Select {...control} name="interval" defaultValue={wanted.interval}>
              <option value="month">Every month</option>
              <option value="year">Every year</option>
            </Select>
          )}
        </Field>
        <Button type="submit" variant="secondary">
          See what it costs
        </Button>
      </Form>
    </Card>
  );
}
