// The help sheet of the keyboard, and the switch that turns every shortcut off. Loaded when it is first opened.

import { useState } from "react";
import { isSwitchedOn, turnSwitch } from "~/components/shell/device-switch";
import { Checkbox } from "~/components/ui/checkbox";
import { Dialog, DialogContent } from "~/components/ui/dialog";
import { Kbd } from "~/components/ui/kbd";
import { keyLabel, SHORTCUTS } from "./shortcuts";

export default function ShortcutHelp({ onClose }: { onClose: () => void }) {
  const [isOn, setOn] = useState(() => isSwitchedOn("shortcuts"));
  const change = (next: boolean) => {
    turnSwitch("shortcuts", next);
    setOn(next);
  };
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent title="Keyboard shortcuts">
        <dl className="divide-y divide-line px-6">
          {SHORTCUTS.map((shortcut) => (
            <div key={shortcut.id} className="flex items-center justify-between gap-4 py-2 text-sm">
              <dt className={isOn ? undefined : "text-ink-muted line-through"}>{shortcut.label}</dt>
              <dd className="flex gap-1">
                {shortcut.keys.map((key) => (
                  <Kbd key={key}>{keyLabel(key)}</Kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
        <div className="px-6 pt-3 pb-6">
          <Checkbox
            label="Shortcuts are on"
            checked={isOn}
            onChange={(event) => change(event.target.checked)}
          />
        </div>
      </DialogContent>
    </Dialog>
  );
}
