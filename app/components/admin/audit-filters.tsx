import { Form, Link } from "@remix-run/react";
import { Button, buttonClass } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";
import { AUDIT_FILTER_LENGTH_MAX } from "../../../server/admin/terms";
import { AUDIT_CATEGORIES } from "../../../server/audit/terms";

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

/** The filters as a plain form: what was asked for stands in the address. */
export function AuditFilters({ values }: { values: AuditFilterValues }) {
  return (
    <Form
      key={JSON.stringify(values)}
      method="get"
      role="search"
      aria-label="Audit log"
      className="grid grid-cols-2 items-end gap-3 border-line border-b px-5 py-4 sm:px-6 lg:grid-cols-4"
    >
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
      <Field label="Category">
        {(control) => (
          <Select {...control} name="category" defaultValue={values.category ?? ""}>
            <option value="">Any</option>
            {AUDIT_CATEGORIES.map((category) => (
              <option key={category} value={category}>
                {category}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="From (UTC)">
        {(control) => <Input {...control} type="date" name="from" defaultValue={values.from} />}
      </Field>
      <Field label="To (UTC)">
        {(control) => <Input {...control} type="date" name="to" defaultValue={values.to} />}
      </Field>
      <div className="flex gap-2">
        <Button type="submit" variant="secondary">
          Apply
        </Button>
        <Link to="/admin/audit-logs" className={buttonClass("ghost")}>
          Clear
        </Link>
      </div>
    </Form>
  );
}
