import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { LocalTime } from "~/components/ui/local-time";
import { SLUG_HELD_DAYS, SLUG_LENGTH_MAX, TENANT_NAME_LENGTH_MAX } from "../../../server/tenants/terms";
import { errorAt, SettingsCard, type SettingsProps, savedMeanwhile, typedOr } from "./settings-card";

/** What the workspace is called. */
export function GeneralSettings({ settings, failure }: SettingsProps) {
  return (
    <SettingsCard
      intent="general"
      title="General"
      version={settings.version}
      stored={settings.name}
      failure={failure}
      button="Save name"
    >
      <Field
        label="Name of the workspace"
        hint={savedMeanwhile(failure, "name", settings.name)}
        error={errorAt(failure, "name")}
        className="max-w-form"
      >
        {(control) => (
          <Input
            {...control}
            name="name"
            autoComplete="organization"
            maxLength={TENANT_NAME_LENGTH_MAX}
            defaultValue={typedOr(failure, "name", settings.name)}
            required
          />
        )}
      </Field>
    </SettingsCard>
  );
}

/** Where the workspace is. */
export function SlugSettings({ settings, failure }: SettingsProps) {
  return (
    <SettingsCard
      intent="slug"
      title="Address"
      description={`Links to the old address keep working for ${SLUG_HELD_DAYS} days; nobody else can take it meanwhile.`}
      stored={settings.slug}
      failure={failure}
      button="Change address"
    >
      <Field
        label="Address"
        hint="Letters a-z, digits and hyphens."
        error={errorAt(failure, "slug")}
        className="max-w-form"
      >
        {(control) => (
          <span className="flex items-center gap-2">
            <span aria-hidden="true" className="text-ink-muted text-sm">
              /t/
            </span>
            <Input
              {...control}
              name="slug"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={SLUG_LENGTH_MAX}
              defaultValue={typedOr(failure, "slug", settings.slug)}
              required
            />
          </span>
        )}
      </Field>
      {settings.formerSlugs.length > 0 && (
        <ul className="flex flex-col gap-1 text-ink-muted text-sm">
          {settings.formerSlugs.map(({ slug, heldUntil }) => (
            <li key={slug} className="[overflow-wrap:anywhere]">
              /t/{slug} leads here until <LocalTime value={heldUntil} />
            </li>
          ))}
        </ul>
      )}
    </SettingsCard>
  );
}
