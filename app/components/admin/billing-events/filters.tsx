import { DayRangeFields } from "~/components/ui/day-range-fields";
import { DISPATCH_STATUSES, STRIPE_FILTER_LENGTH_MAX } from "../../../../server/billing/terms";
import { FilterChoice, FilterForm, FilterText } from "../filter-form";
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
      {TEXT_FIELDS.map((field) => (
        <FilterText
          key={field.name}
          {...field}
          maxLength={STRIPE_FILTER_LENGTH_MAX}
          value={values[field.name]}
        />
      ))}
      <FilterChoice
        label="Status"
        name="status"
        value={values.status}
        options={DISPATCH_STATUSES.map((status) => [status, STATUS_WORDS[status].label])}
      />
      <DayRangeFields from={values.from} to={values.to} />
    </FilterForm>
  );
}
