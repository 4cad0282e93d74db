import { DayRangeFields } from "~/components/ui/day-range-fields";
import { AUDIT_FILTER_LENGTH_MAX } from "../../../server/admin/terms";
import { AUDIT_CATEGORIES } from "../../../server/audit/terms";
import { FilterChoice, FilterForm, FilterText } from "./filter-form";

/** What was asked for, by field; empty ones are absent. */
export type AuditFilterValues = Partial<
  Record<"actor" | "action" | "category" | "targetType" | "target" | "from" | "to", string>
>;

const TEXT_FIELDS = [
  { name: "actor", label: "Actor", placeholder: "Email or id" },
  { name: "action", label: "Action", placeholder: "user.lock" },
  { name: "targetType", label: "Target type", placeholder: "user" },
  { name: "target", label: "Target", placeholder: "Email or id" },
] as const;

export function AuditFilters({ values }: { values: AuditFilterValues }) {
  return (
    <FilterForm label="Audit log" clearTo="/admin/audit-logs" values={values}>
      {TEXT_FIELDS.map((field) => (
        <FilterText
          key={field.name}
          {...field}
          maxLength={AUDIT_FILTER_LENGTH_MAX}
          value={values[field.name]}
        />
      ))}
      <FilterChoice
        label="Category"
        name="category"
        value={values.category}
        options={AUDIT_CATEGORIES.map((category) => [category, category])}
      />
      <DayRangeFields from={values.from} to={values.to} />
    </FilterForm>
  );
}
