// Which model answers and which agent begins: the platform's own lists, so that they work without JavaScript, on phones
// and with every keyboard.

import { ChevronDown } from "lucide-react";

export interface Choice {
  id: string;
  label: string;
}

interface ChoicePickerProps {
  name: "model" | "agentId";
  label: string;
  choices: readonly Choice[];
  value: string;
  onChange: (id: string) => void;
}

/** A quiet list; nothing when there is nothing to choose. */
export function ChoicePicker({ name, label, choices, value, onChange }: ChoicePickerProps) {
  if (choices.length < 2) return null;
  return (
    <span className="relative inline-flex min-w-0 items-center">
      <select
        name={name}
        aria-label={label}
        title={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-9 min-w-0 max-w-40 appearance-none truncate rounded-md bg-transparent pr-7 pl-2.5 text-[13px] text-ink-muted hover:bg-hover hover:text-ink pointer-coarse:min-h-11 [&>option]:bg-raised [&>option]:text-ink"
      >
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute right-2 size-3.5 text-ink-muted"
      />
    </span>
  );
}
