import { Checkbox } from "~/components/ui/checkbox";
import { FEATURE_TEXTS, FEATURES } from "../../../server/tenants/terms";
import { SettingsCard, type SettingsProps } from "./settings-card";

/** What people and agents may do here; everything is on until it is switched off. */
export function FeatureSettings({ settings, failure }: SettingsProps) {
  const isConflict = failure?.reason === "version_conflict";
  return (
    <SettingsCard
      intent="features"
      title="Features"
      description="What is switched off is off for everybody in the workspace, at once."
      version={settings.version}
      stored={settings.features}
      failure={failure}
      button="Save features"
    >
      <ul className="flex flex-col gap-4">
        {FEATURES.map((feature) => {
          const stored = settings.features[feature];
          const isOn = failure ? failure.values[feature] !== undefined : stored;
          return (
            <li key={feature}>
              <Checkbox
                name={feature}
                value="on"
                defaultChecked={isOn}
                aria-describedby={`${feature}-text`}
                label={<span className="font-medium">{FEATURE_TEXTS[feature].label}</span>}
              />
              <p id={`${feature}-text`} className="pl-6.5 text-ink-muted text-sm">
                {FEATURE_TEXTS[feature].description}
                {isConflict && isOn !== stored && ` Saved meanwhile: ${stored ? "on" : "off"}.`}
              </p>
            </li>
          );
        })}
      </ul>
    </SettingsCard>
  );
}
