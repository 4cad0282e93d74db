import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { mayGrant, ROLE_LABELS, TENANT_ROLES, type TenantRole } from "../../../server/tenants/terms";

const MEANINGS =
  "Viewers read what is shared, members chat, admins also manage people, settings and billing.";

export interface RoleFieldProps {
  /** Whose rank decides which roles there are to give. */
  viewer: TenantRole;
  chosen: string;
  error: string | undefined;
  hasFocus?: boolean;
}

export function RoleField({ viewer, chosen, error, hasFocus = false }: RoleFieldProps) {
  return (
    <Field label="Role" hint={MEANINGS} error={error}>
      {(control) => (
        <Select {...control} name="role" defaultValue={chosen} autoFocus={hasFocus}>
          {TENANT_ROLES.filter((role) => mayGrant(viewer, role)).map((role) => (
            <option key={role} value={role}>
              {ROLE_LABELS[role]}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
