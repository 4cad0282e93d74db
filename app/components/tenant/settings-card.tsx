// What all cards of the settings share: one form with the version it was read with, and fields that keep what was typed
// and say what somebody else saved meanwhile.

import { Form, useNavigation } from "@remix-run/react";
import type { ReactNode } from "react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import type { TenantSettings } from "../../../server/tenants/settings";
import type { FormFailure } from "../../http.server";

export interface SettingsProps {
  settings: TenantSettings;
  failure: FormFailure | undefined;
}

interface SettingsCardProps {
  intent: string;
  title: string;
  description?: ReactNode;
  /** Absent for what has no version, as the address. */
  version?: number;
  /** What the fields were filled from: after a save they take what was saved. */
  stored: unknown;
  failure: FormFailure | undefined;
  button: string;
  children: ReactNode;
}

export function SettingsCard(props: SettingsCardProps) {
  const { intent, title, description, version, stored, failure, button, children } = props;
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === intent;
  const isAtField = failure !== undefined && Object.keys(failure.errors).length > 0;
  return (
    <Card aria-labelledby={intent}>
      <CardHeader id={intent} title={title} description={description} />
      <Form
        key={failure ? "typed" : JSON.stringify(stored)}
        ref={form}
        method="post"
        noValidate
        preventScrollReset
        className="flex flex-col gap-5 border-line border-t px-5 py-5 sm:px-6"
      >
        {failure && !isAtField && (
          <Alert tone={failure.reason === "version_conflict" ? "warning" : "danger"}>{failure.message}</Alert>
        )}
        {version !== undefined && <input type="hidden" name="version" value={version} />}
        {children}
        <div>
          <Button type="submit" name="intent" value={intent} variant="secondary" isPending={isPending}>
            {button}
          </Button>
        </div>
      </Form>
    </Card>
  );
}

/** What a field starts with: what was typed, otherwise what is stored. */
export function typedOr(failure: FormFailure | undefined, field: string, stored: string): string {
  return failure?.values[field] ?? stored;
}

/** After a conflict: what somebody else saved, where it differs from what was typed. */
export function savedMeanwhile(
  failure: FormFailure | undefined,
  field: string,
  stored: string,
): string | undefined {
  if (failure?.reason !== "version_conflict") return undefined;
  const typed = (failure.values[field] ?? "").replaceAll("\r\n", "\n");
  return typed === stored ? undefined : `Saved meanwhile: ${stored || "nothing"}`;
}

/** The message at a field, also when it is about one of its lines. */
export function errorAt(failure: FormFailure | undefined, field: string): string | undefined {
  const entry = Object.entries(failure?.errors ?? {}).find(([name]) => name.split(".")[0] === field);
  return entry?.[1];
}
