import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { DISPATCH_STATUSES, STRIPE_FILTER_LENGTH_MAX } from "../../../../server/billing/terms";
import { FilterChoice, FilterForm } from "../filter-form";
import { STATUS_WORDS } from "./words";

/** What was asked for, by field; empty ones are absent. */
export type EventFilterValues = Partial<Record<"tenant" | "type" | "status" | "from" | "to", string>>;

const TEXT_FIELDS = [
  { name: "tenant", label: "Workspace", placeholder: "Address or id" },
  { name: "type", label: "Type", placeholder: "invoice.paid" },
] as const;

export function EventFilters({ values }: { values: EventFilterValues }) {
  return (
    <FilterForm label="Stripe events" clearTo="/admin/billing/events" values={values}>
      {TEXT_FIELDS.map(({ name, label, placeholder }) => (
        <Field key={name} label={label}>
          {(control) => (
            <Input
              {...control}
              name={name}
              maxLength={STRIPE_FILTER_LENGTH_MAX}
              placeholder={placeholder}
              autoComplete="off"
              defaultValue={values[name]}
            />
          )}
        </Field>
      ))}
      <FilterChoice
        label="Status"
        name="status"
        value={values.status}
        options={DISPATCH_STATUSES.map((status) => [status, STATUS_WORDS[status].label])}
      />
      <Field label="From (UTC)">
        {(control) => <Input {...control} type="date" name="from" defaultValue={values.from} />}
      </Field>
      <Field label="To (UTC)">
        {(control) => <Input {...control} type="date" name="to" defaultValue={values.to} />}
      </Field>
    </FilterForm>
  );
}
