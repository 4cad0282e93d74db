import * as Radix from "radix-ui/dropdown-menu";
import type { ComponentProps } from "react";
import { classNames } from "./class-names";

/** Not modal: a modal menu hides the page from a screen reader, but leaves what is in it within reach of Tab. */
export function DropdownMenu(props: ComponentProps<typeof Radix.Root>) {
  return <Radix.Root modal={false} {...props} />;
}

export const DropdownMenuTrigger = Radix.Trigger;

/** Radix marks the row under pointer or arrow key as highlighted. */
const ITEM_CLASS = classNames(
  "flex cursor-pointer select-none items-center gap-2.5 rounded-md px-2.5 py-2 text-sm outline-none",
  "data-[highlighted]:bg-hover data-[disabled]:pointer-events-none data-[disabled]:opacity-50",
  "pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0",
);

/** In its place rather than at the end of the page, which belongs to no landmark. */
export function DropdownMenuContent({ className, ...rest }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Content
      sideOffset={6}
      collisionPadding={8}
      align="start"
      {...rest}
      className={classNames(
        "z-50 animate-rise-in rounded-lg border border-line bg-raised shadow-raised focus:outline-none",
        "max-h-[var(--radix-dropdown-menu-content-available-height)] min-w-48 max-w-xs overflow-y-auto p-1.5",
        className,
      )}
    />
  );
}

export interface DropdownMenuItemProps extends ComponentProps<typeof Radix.Item> {
  tone?: "danger";
}

export function DropdownMenuItem({ tone, className, ...rest }: DropdownMenuItemProps) {
  return <Radix.Item {...rest} className={classNames(ITEM_CLASS, tone && "text-danger-ink", className)} />;
}

export function DropdownMenuSeparator() {
  return <Radix.Separator className="-mx-1.5 my-1.5 h-px bg-line" />;
}
