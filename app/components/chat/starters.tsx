import { ChartColumn, Clock, CodeXml, type LucideIcon, Search } from "lucide-react";

interface Starter {
  icon: LucideIcon;
  title: string;
  hint: string;
  prompt: string;
}

const STARTERS: readonly Starter[] = [
  {
    icon: CodeXml,
    title: "Review a function",
    hint: "The code assistant explains and improves it",
    prompt:
      "Review this function and show a better version:\n\n```js\nfunction unique(list) {\n  return list.filter((x, i) => list.indexOf(x) == i)\n}\n```",
  },
  {
    icon: ChartColumn,
    title: "Make sense of a table",
    hint: "The data analyst reads pasted CSV or JSON",
    prompt:
      "What do these figures say?\n\nmonth,orders,revenue\nJanuary,120,8400.50\nFebruary,98,7010.00\nMarch,161,11890.25",
  },
  {
    icon: Clock,
    title: "Plan across time zones",
    hint: "Agents know the clock and calculate exactly",
    prompt: "It is 16:30 in Berlin tomorrow: what time is that in New York and in Tokyo?",
  },
  {
    icon: Search,
    title: "Find what was said before",
    hint: "Agents search in your own conversations",
    prompt: "Search my earlier conversations for decisions we made about pricing.",
  },
];

interface StartersProps {
  personName: string;
  isReadOnly: boolean;
  onStart: (text: string) => void;
}

/** What a chat is before its first word. */
export function Starters({ personName, isReadOnly, onStart }: StartersProps) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex min-h-full w-full max-w-thread flex-col justify-center px-4 py-8 sm:px-6">
        <h1 className="font-semibold text-2xl [overflow-wrap:anywhere] sm:text-3xl">Hello, {personName}</h1>
        <p className="mt-2 max-w-xl text-ink-muted">
          {isReadOnly
            ? "As a viewer you can read what is shared with this workspace. Ask an admin for the member role to write."
            : "Ask anything. Triage answers or brings in the code assistant or the data analyst; their work stays here when you leave."}
        </p>
        {!isReadOnly && (
          <ul className="mt-8 grid gap-2.5 sm:grid-cols-2 noscript:hidden">
            {STARTERS.map((starter) => (
              <li key={starter.title}>
                <StarterButton starter={starter} onStart={onStart} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function StarterButton({ starter, onStart }: { starter: Starter; onStart: (text: string) => void }) {
  const { icon: Icon, title, hint, prompt } = starter;
  return (
    <button
      type="button"
      onClick={() => onStart(prompt)}
      className="flex h-full w-full items-start gap-3 rounded-xl border border-line bg-surface px-4 py-3.5 text-left transition-colors hover:border-line-strong hover:bg-hover"
    >
      <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-accent-ink" />
      <span>
        <span className="block font-medium text-sm">{title}</span>
        <span className="mt-0.5 block text-[13px] text-ink-muted">{hint}</span>
      </span>
    </button>
  );
}
