import type { MouseEvent, ReactNode } from "react";
import { classNames } from "~/components/ui/class-names";

export interface DisclosureProps {
  id: string;
  /** What the button is about; a screen reader says it before the button's own words. */
  label: string;
  button: ReactNode;
  /** Where the panel stands, in window coordinates. */
  className: string;
  children: ReactNode;
}

/**
 * A button and a panel of links, by the platform's popover: the browser closes it on Escape and on a press outside,
 * returns the focus, and does all of it without JavaScript.
 */
export function Disclosure({ id, label, button, className, children }: DisclosureProps) {
  return (
    <>
      <button
        type="button"
        {...{ popovertarget: id }}
        className="flex w-full min-w-0 items-center gap-2.5 rounded-md p-2 text-left text-sm hover:bg-hover pointer-coarse:min-h-11"
      >
        <span className="sr-only">{label}:</span>
        {button}
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: following a link inside closes the panel */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click */}
      <div
        id={id}
        {...{ popover: "auto" }}
        onClick={closeAfterLink}
        className={classNames(
          "fixed m-0 w-64 rounded-lg border border-line bg-raised p-1.5 text-ink text-sm shadow-raised",
          className,
        )}
      >
        {children}
      </div>
    </>
  );
}

export const DISCLOSURE_ITEM_CLASS =
  "flex w-full items-center gap-2.5 rounded-md px-2.5 py-2 text-left text-sm hover:bg-hover aria-[current]:font-medium pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:text-ink-muted";

function closeAfterLink(event: MouseEvent<HTMLDivElement>): void {
  const isLink = event.target instanceof Element && event.target.closest("a") !== null;
  if (isLink) event.currentTarget.hidePopover?.();
}
