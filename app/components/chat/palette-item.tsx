import { Command } from "cmdk";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Kbd } from "~/components/ui/kbd";
import { keyLabel, SHORTCUTS, type ShortcutId } from "./shortcuts";

/** A named group of the palette. */
export function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-muted [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  /** Tells apart items of one label. */
  id?: string;
  icon: LucideIcon;
  label: string;
  /** A second line. */
  detail?: string | undefined;
  keywords?: string[];
  shortcut?: ShortcutId;
  onSelect: () => void;
}

/** One thing the palette does, with its shortcut at the right. */
export function Item({ id, icon: Icon, label, detail, keywords, shortcut, onSelect }: ItemProps) {
  const keys = SHORTCUTS.find((known) => known.id === shortcut)?.keys ?? [];
  return (
    <Command.Item
      value={id ?? label}
      keywords={[label, ...(keywords ?? [])]}
      onSelect={onSelect}
      className="flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-2.5 py-2 text-sm data-[selected=true]:bg-hover pointer-coarse:min-h-11"
    >
      <Icon aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
      <span className="min-w-0 flex-1">
        <span className="block truncate">{label}</span>
        {detail && <span className="block truncate text-ink-muted text-xs">{detail}</span>}
      </span>
      <span className="flex gap-1">
        {keys.map((key) => (
          <Kbd key={key}>{keyLabel(key)}</Kbd>
        ))}
      </span>
    </Command.Item>
  );
}
