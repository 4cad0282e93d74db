import { X } from "lucide-react";
import { IconButton } from "~/components/ui/icon-button";
import type { Failure } from "./failure";

/** Why the last step was refused, right above the composer that has the text again. */
export function RefusalNotice({ failure, onDismiss }: { failure: Failure | null; onDismiss: () => void }) {
  if (failure === null) return null;
  const seconds = failure.retryAfterSeconds;
  return (
    <div
      role="alert"
      className="mb-2 flex items-center gap-3 rounded-lg bg-danger-soft py-1.5 pr-1.5 pl-3.5 text-danger-ink text-sm"
    >
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        {failure.message}
        {seconds !== null && ` You can go on in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`}
      </p>
      <IconButton label="Dismiss" size="sm" icon={<X />} onClick={onDismiss} />
    </div>
  );
}
