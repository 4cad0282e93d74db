import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { AUDIT_FILTER_LENGTH_MAX } from "../../../server/admin/terms";
import { AUDIT_CATEGORIES } from "../../../server/audit/terms";
import { FilterChoice, FilterForm } from "./filter-form";

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
      {TEXT_FIELDS.map(({ name, label, placeholder }) => (
        <Field key={name} label={label}>
          {(control) => (
            <Input
              {...control}
              name={name}
              maxLength={AUDIT_FILTER_LENGTH_MAX}
              placeholder={placeholder}
              autoComplete="off"
              defaultValue={values[name]}
            />
          )}
        </Field>
      ))}
      <FilterChoice
        label="Category"
        name="category"
        value={values.category}
        options={AUDIT_CATEGORIES.map((category) => [category, category])}
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
