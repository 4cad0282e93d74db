import { X } from "lucide-react";
import * as Radix from "radix-ui/dialog";
import type { ReactNode } from "react";
import { classNames } from "./class-names";
import { IconButton } from "./icon-button";

export const Dialog = Radix.Root;
export const DialogTrigger = Radix.Trigger;

export const OVERLAY_CLASS = "fixed inset-0 z-40 animate-fade-in bg-overlay/40";

export interface DialogContentProps {
  title: string;
  description?: ReactNode;
  /** Keeps the title for screen readers alone, as in a command palette. */
  isTitleHidden?: boolean;
  /** False: the dialog is left by what is in it alone. */
  isClosable?: boolean;
  onEscapeKeyDown?: (event: Event) => void;
  onInteractOutside?: (event: Event) => void;
  className?: string;
  children: ReactNode;
}

/** A modal: focus stays inside, Escape closes, focus returns to where it came from. */
export function DialogContent({
  title,
  description,
  isTitleHidden = false,
  isClosable = true,
  className,
  children,
  ...handlers
}: DialogContentProps) {
  return (
    <Radix.Portal>
      <Radix.Overlay className={OVERLAY_CLASS} />
      <Radix.Content
        {...handlers}
        {...(description ? {} : { "aria-describedby": undefined })}
        className={classNames(
          "fixed top-[12vh] left-1/2 z-50 max-h-[80dvh] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 overflow-y-auto",
          "animate-fade-in rounded-xl border border-line bg-raised shadow-raised focus:outline-none",
          className,
        )}
      >
        <div className={isTitleHidden ? "sr-only" : "flex items-start justify-between gap-4 px-6 pt-5 pb-2"}>
          <div>
            <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
            {description && (
              <Radix.Description className="mt-1 text-ink-muted text-sm">{description}</Radix.Description>
            )}
          </div>
          {!isTitleHidden && isClosable && (
            <Radix.Close asChild>
              <IconButton label="Close" icon={<X />} size="sm" className="-mr-2" />
            </Radix.Close>
          )}
        </div>
        {children}
      </Radix.Content>
    </Radix.Portal>
  );
}
