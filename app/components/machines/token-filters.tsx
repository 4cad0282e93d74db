import { FilterChoice, FilterForm, FilterText } from "~/components/admin/filter-form";
import { ACCOUNT_NAME_LENGTH_MAX, TOKEN_STATES } from "../../../server/machines/terms";

/** What was asked for, by field; empty ones are absent. */
export type TokenFilterValues = Partial<Record<"account" | "tenant" | "status" | "fingerprint", string>>;

export interface TokenFiltersProps {
  values: TokenFilterValues;
  tenants: readonly { slug: string; name: string }[];
  /** Platform admins also look at the platform's own tokens. */
  hasPlatform: boolean;
}

export function TokenFilters({ values, tenants, hasPlatform }: TokenFiltersProps) {
  const places = tenants.map(({ slug, name }): [string, string] => [slug, name]);
  return (
    <FilterForm label="Tokens" clearTo="/account/automation" values={values}>
      <FilterText
        label="Account"
        name="account"
        value={values.account}
        placeholder="demo-bot"
        maxLength={ACCOUNT_NAME_LENGTH_MAX}
      />
      <FilterChoice
        label="Workspace"
        name="tenant"
        value={values.tenant}
        options={hasPlatform ? [...places, ["none", "None (platform)"]] : places}
      />
      <FilterChoice
        label="Status"
        name="status"
        value={values.status}
        options={TOKEN_STATES.map((state) => [state, state])}
      />
      <FilterText
        label="Fingerprint"
        name="fingerprint"
        value={values.fingerprint}
        placeholder="16 hex digits"
        maxLength={16}
      />
    </FilterForm>
  );
}
