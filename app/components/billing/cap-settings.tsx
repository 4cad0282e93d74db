import { SettingsCard, savedMeanwhile, typedOr } from "~/components/tenant/settings-card";
import { Checkbox } from "~/components/ui/checkbox";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import type { LimitsView } from "../../../server/wallet/limits/limits";
import type { FormFailure } from "../../http.server";
import { capText } from "./words";

interface CapSettingsProps {
  limits: LimitsView;
  failure: FormFailure | undefined;
}

/** The workspace's monthly cap, and whether it stops. */
export function CapSettings({ limits, failure }: CapSettingsProps) {
  const { monthlyCapNano, hardStop, version } = limits;
  const stored = capText(monthlyCapNano ?? "0");
  const isHard = failure ? failure.values["hardStop"] === "on" : hardStop !== false;
  return (
    <SettingsCard
      intent="cap"
      title="The workspace's monthly limit"
      description="Bounds what is charged to the reserve in a month. What the plan's allowances cover is not counted."
      version={version ?? 0}
      stored={[monthlyCapNano, hardStop]}
      failure={failure}
      button="Save"
    >
      <Field
        label="Limit in dollars a month"
        error={failure?.errors["cap"]}
        hint={savedMeanwhile(failure, "cap", stored) ?? "Empty or 0 for no limit."}
        className="max-w-xs"
      >
        {(control) => (
          <Input {...control} name="cap" inputMode="decimal" defaultValue={typedOr(failure, "cap", stored)} />
        )}
      </Field>
      <Checkbox
        name="hardStop"
        defaultChecked={isHard}
        label="Hard stop: refuse calls that would pass the limit. Otherwise they go through, and people are warned."
      />
    </SettingsCard>
  );
}
