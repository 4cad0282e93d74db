import * as Radix from "radix-ui/alert-dialog";
import type { ReactNode } from "react";
import { buttonClass } from "./button";
import { OVERLAY_CLASS } from "./dialog";

export const AlertDialog = Radix.Root;
export const AlertDialogTrigger = Radix.Trigger;

export interface AlertDialogContentProps {
  title: string;
  description: ReactNode;
  cancelLabel?: string;
  /** The deciding button: a `Button`, usually of variant danger, often a form's submit. */
  action: ReactNode;
}

/** Asks before something that cannot be taken back. Focus starts on the harmless answer. */
export function AlertDialogContent({
  title,
  description,
  cancelLabel = "Cancel",
  action,
}: AlertDialogContentProps) {
  return (
    <Radix.Portal>
      <Radix.Overlay className={OVERLAY_CLASS} />
      <Radix.Content className="fixed top-[20vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 animate-fade-in rounded-xl border border-line bg-raised p-6 shadow-raised focus:outline-none">
        <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
        <Radix.Description className="mt-2 text-ink-muted text-sm">{description}</Radix.Description>
        <div className="mt-6 flex flex-wrap justify-end gap-2">
          <Radix.Cancel className={buttonClass("secondary")}>{cancelLabel}</Radix.Cancel>
          <Radix.Action asChild>{action}</Radix.Action>
        </div>
      </Radix.Content>
    </Radix.Portal>
  );
}
