import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { LocalTime } from "~/components/ui/local-time";
import { DELETED_RETENTION_DAYS } from "../../../server/chat/terms";
import { RETENTION_DAYS_MAX } from "../../../server/tenants/terms";
import type { SettingsProps } from "./settings-card";

interface Preview {
  days: number;
  count: number;
  oldestAt: string | null;
}

interface RetentionSettingsProps extends SettingsProps {
  /** What the asked-for number of days would delete. */
  preview: Preview | null;
}

/** How long conversations are kept: first what it would delete, then the choice. */
export function RetentionSettings({ settings, failure, preview }: RetentionSettingsProps) {
  const { retentionDays, version } = settings;
  return (
    <Card aria-labelledby="retention" tone={preview && preview.count > 0 ? "danger" : "plain"}>
      <CardHeader
        id="retention"
        title="Retention of conversations"
        description={
          retentionDays === null
            ? "Conversations are kept for good."
            : `Conversations that nobody has written in for ${daysText(retentionDays)} are deleted every night.`
        }
      />
      <div className="flex flex-col gap-5 border-line border-t px-5 py-5 sm:px-6">
        {failure && <Alert tone="danger">{failure.message}</Alert>}
        <Form method="get" preventScrollReset className="flex flex-wrap items-end gap-3">
          <Field label="Keep for days" className="w-40">
            {(control) => (
              <Input
                {...control}
                key={preview?.days}
                type="number"
                name="keep"
                min={1}
                max={RETENTION_DAYS_MAX}
                defaultValue={preview?.days ?? retentionDays ?? 90}
                required
              />
            )}
          </Field>
          <Button type="submit" variant="secondary">
            See what it would delete
          </Button>
        </Form>
        {preview && <PreviewText preview={preview} />}
        <div className="flex flex-wrap gap-3 empty:hidden">
          {preview && (
            <KeepForm
              version={version}
              retentionDays={String(preview.days)}
              label={`Keep for ${daysText(preview.days)}`}
              variant={preview.count > 0 ? "danger" : "primary"}
            />
          )}
          {retentionDays !== null && (
            <KeepForm version={version} retentionDays="" label="Keep for good" variant="secondary" />
          )}
        </div>
      </div>
    </Card>
  );
}

function PreviewText({ preview: { days, count, oldestAt } }: { preview: Preview }) {
  return (
    <Alert tone={count > 0 ? "warning" : "info"}>
      {count === 0 ? (
        `No conversation would be deleted now: none has been quiet for ${daysText(days)}.`
      ) : (
        <>
          <strong>{count === 1 ? "1 conversation" : `${count} conversations`} would be deleted now</strong>
          {oldestAt && (
            <>
              , the oldest last written in on <LocalTime value={oldestAt} />
            </>
          )}
          . Their creators can bring them back for {DELETED_RETENTION_DAYS} days; then they are gone.
        </>
      )}
    </Alert>
  );
}

interface KeepFormProps {
  version: number;
  retentionDays: string;
  label: string;
  variant: "primary" | "secondary" | "danger";
}

function KeepForm({ version, retentionDays, label, variant }: KeepFormProps) {
  const sent = useNavigation().formData;
  const isPending = sent?.get("intent") === "retention" && sent.get("retentionDays") === retentionDays;
  return (
    <Form method="post" action="?" preventScrollReset>
      <input type="hidden" name="version" value={version} />
      <input type="hidden" name="retentionDays" value={retentionDays} />
      <Button type="submit" name="intent" value="retention" variant={variant} isPending={isPending}>
        {label}
      </Button>
    </Form>
  );
}

function daysText(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}
