import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";
import type { TenantAccount } from "../../../server/admin/billing/account";
import { ADJUSTMENT_ALONE_NANO_MAX, exactDollars, LOW_POLICIES } from "../../../server/wallet/terms";
import type { FormFailure } from "../../http.server";
import { type AccountDeed, DEEDS, OVERRIDE_CHOICES } from "./billing-deeds";
import { POLICY_LABELS } from "./billing-words";
import { ReasonedQuestion } from "./reasoned-question";

interface FieldsProps {
  account: TenantAccount;
  errors: Record<string, string>;
  values: Record<string, string>;
}

export interface AccountQuestionProps {
  deed: AccountDeed;
  account: TenantAccount;
  failure: FormFailure | undefined;
  /** Names an adjustment: sent twice, it is booked once. */
  requestId: string;
}

const FIELDS: Record<AccountDeed, (props: FieldsProps) => JSX.Element> = {
  adjust: AdjustFields,
  policy: PolicyFields,
  override: OverrideFields,
};

/** One decision about a workspace's money, with what it needs to know. */
export function AccountQuestion({ deed, account, failure, requestId }: AccountQuestionProps) {
  const { title, description, label } = DEEDS[deed];
  const Fields = FIELDS[deed];
  return (
    <ReasonedQuestion
      title={title}
      description={description}
      deed={{ intent: deed, label }}
      cancelTo={`/admin/billing/accounts/${account.tenantId}`}
      failure={failure}
    >
      {(errors, values) => (
        <>
          {deed === "adjust" && (
            <input type="hidden" name="requestId" value={values["requestId"] ?? requestId} />
          )}
          <Fields account={account} errors={errors} values={values} />
        </>
      )}
    </ReasonedQuestion>
  );
}

function AdjustFields({ account, errors, values }: FieldsProps) {
  return (
    <Field
      label={`Amount in ${account.currency}`}
      error={errors["amountNano"]}
      hint={`As 12.50, or -12.50 to take. More than ${exactDollars(ADJUSTMENT_ALONE_NANO_MAX)} waits for a second operator.`}
    >
      {(control) => (
        <Input
          {...control}
          name="amountNano"
          inputMode="decimal"
          autoComplete="off"
          maxLength={24}
          defaultValue={values["amountNano"]}
          required
        />
      )}
    </Field>
  );
}

function PolicyFields({ account, errors, values }: FieldsProps) {
  const money = (nano: string) => exactDollars(nano).replace(/[$,]/g, "");
  return (
    <>
      <Field label="When the reserve is low" error={errors["lowPolicy"]}>
        {(control) => (
          <Select {...control} name="lowPolicy" defaultValue={values["lowPolicy"] ?? account.policy}>
            {LOW_POLICIES.map((policy) => (
              <option key={policy} value={policy}>
                {POLICY_LABELS[policy]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={`Low is below, in ${account.currency}`} error={errors["lowThresholdNano"]}>
        {(control) => (
          <Input
            {...control}
            name="lowThresholdNano"
            inputMode="decimal"
            maxLength={24}
            defaultValue={values["lowThresholdNano"] ?? money(account.lowThresholdNano)}
          />
        )}
      </Field>
      <Field
        label={`Credit floor, in ${account.currency}`}
        error={errors["floorNano"]}
        hint="Zero, or below it as -25.00: so far calls go on under “warn”."
      >
        {(control) => (
          <Input
            {...control}
            name="floorNano"
            inputMode="decimal"
            maxLength={24}
            defaultValue={values["floorNano"] ?? money(account.floorNano)}
          />
        )}
      </Field>
    </>
  );
}

function OverrideFields({ errors, values }: FieldsProps) {
  return (
    <Field label="For" error={errors["hours"]}>
      {(control) => (
        <Select {...control} name="hours" defaultValue={values["hours"] ?? "4"}>
          {OVERRIDE_CHOICES.map(([hours, label]) => (
            <option key={hours} value={hours}>
              {label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
