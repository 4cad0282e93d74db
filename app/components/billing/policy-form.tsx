import { SettingsCard, typedOr } from "~/components/tenant/settings-card";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import type { ReserveBalance } from "../../../server/wallet/reserve/account";
import { LOW_POLICIES, roundDollars } from "../../../server/wallet/terms";
import type { FormFailure } from "../../http.server";
import { amountText, POLICY_WORDS } from "./words";

interface PolicyFormProps {
  balance: ReserveBalance;
  failure: FormFailure | undefined;
}

/** What happens when the reserve runs low. */
export function PolicyForm({ balance, failure }: PolicyFormProps) {
  const { policy, thresholdNano, floorNano } = balance;
  const chosen = typedOr(failure, "policy", policy);
  return (
    <SettingsCard
      intent="policy"
      title="When the reserve runs low"
      description="Concerns calls that the plan's allowances do not cover. A monthly limit with a hard stop comes before all of it."
      stored={[policy, thresholdNano]}
      failure={failure}
      button="Save"
    >
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-2 font-medium text-sm">What happens</legend>
        {LOW_POLICIES.map((value) => (
          <label key={value} className="flex cursor-pointer items-start gap-2.5 text-sm">
            <input
              type="radio"
              name="policy"
              value={value}
              defaultChecked={value === chosen}
              className="mt-1 size-4 shrink-0 accent-accent"
            />
            <span>
              <span className="font-medium">{POLICY_WORDS[value].label}</span>
              <span className="block text-ink-muted">{POLICY_WORDS[value].description}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Field
        label="Threshold in dollars"
        error={failure?.errors["threshold"]}
        hint={
          floorNano === "0"
            ? "Below it, admins get a mail and the reserve counts as low."
            : `Below it the reserve counts as low. Credit reaches down to ${roundDollars(floorNano)}.`
        }
        className="max-w-xs"
      >
        {(control) => (
          <Input
            {...control}
            name="threshold"
            inputMode="decimal"
            defaultValue={typedOr(failure, "threshold", amountText(thresholdNano))}
          />
        )}
      </Field>
    </SettingsCard>
  );
}
