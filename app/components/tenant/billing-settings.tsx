import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Textarea } from "~/components/ui/textarea";
import {
  BILLING_CONTACTS_MAX,
  PLAN_METADATA_MAX,
  WEBHOOK_URL_LENGTH_MAX,
} from "../../../server/tenants/terms";
import { errorAt, SettingsCard, type SettingsProps, savedMeanwhile, typedOr } from "./settings-card";

/** Who hears of bills, by mail and by machine, and what the bills should say. */
export function BillingSettings({ settings, failure }: SettingsProps) {
  const stored = {
    billingContacts: settings.billingContacts.join("\n"),
    billingWebhookUrl: settings.billingWebhookUrl ?? "",
    planMetadata: Object.entries(settings.planMetadata)
      .map(([key, value]) => `${key}: ${value}`)
      .join("\n"),
  };
  const fieldOf = (name: keyof typeof stored, hint: string) => ({
    hint: savedMeanwhile(failure, name, stored[name]) ?? hint,
    error: errorAt(failure, name),
  });
  const inputOf = (name: keyof typeof stored) => ({
    name,
    defaultValue: typedOr(failure, name, stored[name]),
  });
  return (
    <SettingsCard
      intent="billing"
      title="Billing details"
      version={settings.version}
      stored={stored}
      failure={failure}
      button="Save billing details"
    >
      <Field
        label="Billing contacts"
        isOptional
        {...fieldOf("billingContacts", `One email address per line, at most ${BILLING_CONTACTS_MAX}.`)}
      >
        {(control) => <Textarea {...control} {...inputOf("billingContacts")} rows={3} />}
      </Field>
      <Field
        label="Webhook for billing events"
        isOptional
        {...fieldOf("billingWebhookUrl", "An https address on the public internet.")}
      >
        {(control) => (
          <Input
            {...control}
            {...inputOf("billingWebhookUrl")}
            type="url"
            inputMode="url"
            autoComplete="off"
            maxLength={WEBHOOK_URL_LENGTH_MAX}
            placeholder="https://"
          />
        )}
      </Field>
      <Field
        label="Notes on the plan"
        isOptional
        {...fieldOf(
          "planMetadata",
          `One per line, such as "Purchase order: 4711"; at most ${PLAN_METADATA_MAX}.`,
        )}
      >
        {(control) => <Textarea {...control} {...inputOf("planMetadata")} rows={3} />}
      </Field>
    </SettingsCard>
  );
}
