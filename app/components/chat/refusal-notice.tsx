import { X } from "lucide-react";
import { LimitHelp } from "~/components/billing/limit-help";
import { IconButton } from "~/components/ui/icon-button";
import { LocalTime } from "~/components/ui/local-time";
import type { Failure } from "./failure";

/** Longer than this is not waited for: then a date helps more than seconds. */
const SECONDS_MAX = 3_600;

/** Why the last step was refused, right above the composer that has the text again. */
export function RefusalNotice({ failure, onDismiss }: { failure: Failure | null; onDismiss: () => void }) {
  if (failure === null) return null;
  return (
    <div
      role="alert"
      className="mb-2 flex items-center gap-3 rounded-lg bg-danger-soft py-1.5 pr-1.5 pl-3.5 text-danger-ink text-sm"
    >
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        {failure.message} <Wait seconds={failure.retryAfterSeconds} />
        <LimitHelp reason={failure.reason} limit={failure.limit} />
      </div>
      <IconButton label="Dismiss" size="sm" icon={<X />} onClick={onDismiss} />
    </div>
  );
}

function Wait({ seconds }: { seconds: number | null }) {
  if (seconds === null) return null;
  if (seconds <= SECONDS_MAX)
    return <>You can go on in {seconds === 1 ? "1 second" : `${seconds} seconds`}.</>;
  const at = new Date(Date.now() + seconds * 1_000).toISOString();
  return (
    <>
      It begins anew on <LocalTime value={at} />.
    </>
  );
}
