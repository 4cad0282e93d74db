import { Form, Link } from "@remix-run/react";
import { Button, buttonClass } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";
import { SEARCH_LENGTH_MAX, USER_STATES } from "../../../server/admin/terms";
import { PLATFORM_ROLES } from "../../../server/auth/terms";
import { roleLabel, statusLabel } from "./user-words";

export interface UserFiltersProps {
  values: {
    search?: string;
    status?: string;
    role?: string;
    isVerified?: boolean;
    hasSecondFactor?: boolean;
    sort: string;
  };
}

/** The filters as a plain form: what was asked for stands in the address. */
export function UserFilters({ values }: UserFiltersProps) {
  return (
    <Form
      // A new address brings new values into fields that keep what was typed.
      key={JSON.stringify(values)}
      method="get"
      role="search"
      aria-label="Users"
      className="grid grid-cols-2 items-end gap-3 border-line border-b px-5 py-4 sm:px-6 lg:grid-cols-4"
    >
      <Field label="Search" className="col-span-2">
        {(control) => (
          <Input
            {...control}
            type="search"
            name="search"
            maxLength={SEARCH_LENGTH_MAX}
            placeholder="Email, name or id"
            defaultValue={values.search}
          />
        )}
      </Field>
      <Choice
        label="Status"
        name="status"
        value={values.status}
        options={USER_STATES.map((s) => [s, statusLabel(s)])}
      />
      <Choice
        label="Role"
        name="role"
        value={values.role}
        options={PLATFORM_ROLES.map((r) => [r, roleLabel(r)])}
      />
      <Choice
        label="Email"
        name="isVerified"
        value={wordOf(values.isVerified)}
        options={[
          ["true", "Confirmed"],
          ["false", "Not confirmed"],
        ]}
      />
      <Choice
        label="Two-factor"
        name="hasSecondFactor"
        value={wordOf(values.hasSecondFactor)}
        options={[
          ["true", "On"],
          ["false", "Off"],
        ]}
      />
      <Field label="Order">
        {(control) => (
          <Select {...control} name="sort" defaultValue={values.sort}>
            <option value="newest">Newest first</option>
            <option value="oldest">Oldest first</option>
          </Select>
        )}
      </Field>
      <div className="flex gap-2 max-lg:col-span-2">
        <Button type="submit" variant="secondary">
          Apply
        </Button>
        <Link to="/admin/users" className={buttonClass("ghost")}>
          Clear
        </Link>
      </div>
    </Form>
  );
}

function wordOf(value: boolean | undefined): string {
  return value === undefined ? "" : String(value);
}

interface ChoiceProps {
  label: string;
  name: string;
  value: string | undefined;
  options: [value: string, label: string][];
}

function Choice({ label, name, value, options }: ChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <Select {...control} name={name} defaultValue={value ?? ""}>
          <option value="">Any</option>
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
