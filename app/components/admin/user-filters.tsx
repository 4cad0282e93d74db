import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { USER_STATES } from "../../../server/admin/terms";
import { PLATFORM_ROLES } from "../../../server/auth/terms";
import { FilterChoice, FilterForm } from "./filter-form";
import { SearchField } from "./search-field";
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

export function UserFilters({ values }: UserFiltersProps) {
  return (
    <FilterForm label="Users" clearTo="/admin/users" values={values}>
      <SearchField value={values.search} placeholder="Email, name or id" />
      <FilterChoice
        label="Status"
        name="status"
        value={values.status}
        options={USER_STATES.map((s) => [s, statusLabel(s)])}
      />
      <FilterChoice
        label="Role"
        name="role"
        value={values.role}
        options={PLATFORM_ROLES.map((r) => [r, roleLabel(r)])}
      />
      <FilterChoice
        label="Email"
        name="isVerified"
        value={wordOf(values.isVerified)}
        options={[
          ["true", "Confirmed"],
          ["false", "Not confirmed"],
        ]}
      />
      <FilterChoice
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
    </FilterForm>
  );
}

function wordOf(value: boolean | undefined): string {
  return value === undefined ? "" : String(value);
}
