import { Form, useNavigation } from "@remix-run/react";
import type { ReactNode } from "react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import type { OwnProfile } from "../../../server/auth/account/profile";
import { NAME_LENGTH_MAX } from "../../../server/auth/terms";
import type { FormFailure } from "../../http.server";

export interface Choice {
  value: string;
  label: string;
}

export interface ProfileFormProps {
  profile: OwnProfile;
  timeZones: readonly string[];
  locales: readonly Choice[];
  failure: FormFailure | undefined;
}

const HOUR_CYCLES: readonly Choice[] = [
  { value: "auto", label: "As usual for the language" },
  { value: "24", label: "24 hours, 14:30" },
  { value: "12", label: "12 hours, 2:30 pm" },
];

/** Names, and how times are shown. */
export function ProfileForm({ profile, timeZones, locales, failure }: ProfileFormProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "profile";
  const given = (field: string, stored: string | null) => failure?.values[field] ?? stored ?? "";
  const errors = failure?.errors ?? {};
  const zones = timeZones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }));
  return (
    <Form ref={form} method="post" noValidate className="flex flex-col gap-5 px-5 py-6 sm:px-6">
      {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
      <Row>
        <NameField
          name="displayName"
          label="Display name"
          {...{ errors, given }}
          stored={profile.displayName}
        />
      </Row>
      <Row>
        <NameField
          name="givenName"
          label="Given name"
          isOptional
          {...{ errors, given }}
          stored={profile.givenName}
        />
        <NameField
          name="familyName"
          label="Family name"
          isOptional
          {...{ errors, given }}
          stored={profile.familyName}
        />
      </Row>
      <Row>
        <ChoiceField
          name="timeZone"
          label="Time zone"
          choices={zones}
          error={errors["timeZone"]}
          value={given("timeZone", profile.timeZone)}
        />
        <ChoiceField
          name="locale"
          label="Dates and numbers"
          choices={locales}
          error={errors["locale"]}
          value={given("locale", profile.locale)}
        />
      </Row>
      <Row>
        <Field label="Clock" error={errors["hourCycle"]}>
          {(control) => (
            <Select
              {...control}
              name="hourCycle"
              defaultValue={given("hourCycle", profile.settings.hourCycle)}
            >
              {HOUR_CYCLES.map(option)}
            </Select>
          )}
        </Field>
      </Row>
      <div>
        <Button type="submit" name="intent" value="profile" isPending={isPending}>
          Save profile
        </Button>
      </div>
    </Form>
  );
}

function Row({ children }: { children: ReactNode }) {
  return <div className="grid gap-5 sm:grid-cols-2">{children}</div>;
}

interface NameFieldProps {
  name: string;
  label: string;
  stored: string | null;
  isOptional?: boolean;
  errors: Record<string, string>;
  given: (field: string, stored: string | null) => string;
}

const AUTO_COMPLETE: Record<string, string> = {
  displayName: "name",
  givenName: "given-name",
  familyName: "family-name",
};

function NameField({ name, label, stored, isOptional = false, errors, given }: NameFieldProps) {
  return (
    <Field label={label} error={errors[name]} isOptional={isOptional}>
      {(control) => (
        <Input
          {...control}
          name={name}
          autoComplete={AUTO_COMPLETE[name]}
          maxLength={NAME_LENGTH_MAX}
          defaultValue={given(name, stored)}
          required={!isOptional}
        />
      )}
    </Field>
  );
}

interface ChoiceFieldProps {
  name: string;
  label: string;
  value: string;
  choices: readonly Choice[];
  error: string | undefined;
}

function ChoiceField({ name, label, value, choices, error }: ChoiceFieldProps) {
  return (
    <Field label={label} error={error}>
      {(control) => (
        <Select {...control} name={name} defaultValue={value}>
          <option value="">As in this browser</option>
          {choices.map(option)}
        </Select>
      )}
    </Field>
  );
}

function option({ value, label }: Choice) {
  return (
    <option key={value} value={value}>
      {label}
    </option>
  );
}
