import { useEffect, useState } from "react";
import { apiFor } from "~/api";
import { Dialog, DialogContent } from "~/components/ui/dialog";
import { Skeleton } from "~/components/ui/skeleton";
import type { Receipt } from "../../../server/usage/receipt";
import { ReceiptView } from "./receipt-view";

interface ReceiptDialogProps {
  tenantSlug: string;
  messageId: string;
  onClose(): void;
}

/** The receipt over the conversation. */
export default function ReceiptDialog({ tenantSlug, messageId, onClose }: ReceiptDialogProps) {
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    let isGone = false;
    apiFor(tenantSlug)
      .usage.receipt.query({ messageId })
      .then((answer) => !isGone && setReceipt(answer))
      .catch(() => !isGone && setHasFailed(true));
    return () => {
      isGone = true;
    };
  }, [tenantSlug, messageId]);
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent title="Receipt" description="What this answer used, by which prices, and who paid.">
        <div className="pt-2 pb-6">
          {receipt !== null && <ReceiptView receipt={receipt} />}
          {hasFailed && (
            <p role="alert" className="px-6 text-danger-ink text-sm">
              The receipt could not be read. Close it and try again.
            </p>
          )}
          {receipt === null && !hasFailed && <Waiting />}
        </div>
      </DialogContent>
    </Dialog>
  );
}

function Waiting() {
  return (
    <div role="status" className="flex flex-col gap-3 px-6">
      <span className="sr-only">Reading the receipt</span>
      <Skeleton className="h-8 w-32" />
      <Skeleton className="h-4 w-full" />
      <Skeleton className="h-4 w-2/3" />
    </div>
  );
}
