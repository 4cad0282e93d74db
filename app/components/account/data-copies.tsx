import { Form, useNavigation, useRevalidator } from "@remix-run/react";
import { Download } from "lucide-react";
import { useEffect } from "react";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { Spinner } from "~/components/ui/spinner";
import type { ExportItem } from "../../../server/lifecycle/exports";
import { EXPORT_KEPT_DAYS } from "../../../server/lifecycle/terms";
import type { FormFailure } from "../../http.server";

const ASK_AGAIN_MS = 3_000;
const KILOBYTE = 1_024;

/** Copies of one's data, and the button for another one. While one is being prepared the page looks again by itself. */
export function DataCopies({
  copies,
  failure,
}: {
  copies: readonly ExportItem[];
  failure: FormFailure | undefined;
}) {
  const isAsking = useNavigation().formData?.get("intent") === "copy";
  const isPreparing = copies.some(({ state }) => state === "preparing");
  useLookingAgain(isPreparing);
  return (
    <Card aria-labelledby="copies">
      <CardHeader
        id="copies"
        title="Download my data"
        description={`Your profile, sessions, conversations with all their branches, usage and activity, as JSON files in a zip. It is prepared in the background and kept for ${EXPORT_KEPT_DAYS} days.`}
        action={
          <Form method="post">
            <Button type="submit" name="intent" value="copy" isPending={isAsking} disabled={isPreparing}>
              Prepare a copy
            </Button>
          </Form>
        }
      />
      {failure && (
        <div className="px-5 pb-5 sm:px-6">
          <Alert tone="danger">{failure.message}</Alert>
        </div>
      )}
      {copies.length > 0 && (
        <ul className="divide-y divide-line border-line border-t">
          {copies.map((copy) => (
            <Copy key={copy.id} copy={copy} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Copy({ copy }: { copy: ExportItem }) {
  const { id, state, sizeBytes, createdAt, expiresAt } = copy;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-3.5 text-sm sm:px-6">
      <span>
        <LocalTime value={createdAt} hasTime />
        {state === "ready" && (
          <span className="block text-ink-muted text-xs">
            {sizeWords(sizeBytes)}, kept until <LocalTime value={expiresAt} />
          </span>
        )}
      </span>
      {state === "ready" ? (
        <a href={`/account/data/${id}`} download className={buttonClass("secondary", "sm")}>
          <Download aria-hidden="true" className="size-4" /> Download
        </a>
      ) : (
        <span role="status" className="flex items-center gap-2 text-ink-muted">
          <Spinner /> Being prepared
        </span>
      )}
    </li>
  );
}

function useLookingAgain(isPreparing: boolean): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!isPreparing) return;
    const timer = setInterval(revalidate, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isPreparing, revalidate]);
}

function sizeWords(bytes: number): string {
  if (bytes < KILOBYTE * KILOBYTE) return `${Math.max(1, Math.round(bytes / KILOBYTE))} KB`;
  return `${(bytes / KILOBYTE / KILOBYTE).toFixed(1)} MB`;
}
