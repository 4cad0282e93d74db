import { ReceiptText } from "lucide-react";
import { lazy, type MouseEvent, useState } from "react";
import { LazyBoundary } from "~/components/chat/lazy-boundary";
import { quietDollars } from "../../../server/wallet/terms";
import { useAnswerCosts } from "./answer-costs";

const ReceiptDialog = lazy(() => import("./receipt-dialog"));

/** What an answer cost, as a quiet link to its receipt: a dialog here, a page of its own without JavaScript. */
export function AnswerCost({ messageId }: { messageId: string }) {
  const costs = useAnswerCosts();
  const [isOpen, setIsOpen] = useState(false);
  if (costs === null) return null;
  const nano = costs.nano.get(messageId);
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    setIsOpen(true);
  };
  return (
    <>
      <a
        href={`/t/${costs.tenantSlug}/receipts/${messageId}`}
        onClick={open}
        aria-haspopup="dialog"
        className="inline-flex h-8 items-center gap-1.5 rounded-md px-2 text-ink-muted text-xs tabular-nums hover:bg-hover hover:text-ink pointer-coarse:min-h-11"
      >
        <ReceiptText aria-hidden="true" className="size-4" />
        <span className="sr-only">Receipt</span>
        {nano !== undefined && quietDollars(nano)}
      </a>
      {isOpen && (
        <LazyBoundary fallback={null} onFailed={() => setIsOpen(false)}>
          <ReceiptDialog
            tenantSlug={costs.tenantSlug}
            messageId={messageId}
            onClose={() => setIsOpen(false)}
          />
        </LazyBoundary>
      )}
    </>
  );
}
