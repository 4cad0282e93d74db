// One line that says what the tools did; it opens to what each was asked and what it answered.

import { Check, ChevronRight, CircleAlert } from "lucide-react";
import { Spinner } from "~/components/ui/spinner";
import type { ToolActivity as Tool } from "./run-fold";
import { wordsOf } from "./tool-words";

interface ToolActivityProps {
  tools: readonly Tool[];
  /** False when the answer ended: a tool that still "runs" then never answered. */
  isLive: boolean;
}

export function ToolActivity({ tools, isLive }: ToolActivityProps) {
  const last = tools.at(-1);
  if (last === undefined) return null;
  const isRunning = isLive && tools.some((tool) => tool.phase === "started");
  return (
    <details className="group/tools rounded-lg border border-line bg-surface text-sm">
      <summary className="flex min-h-10 select-none list-none items-center gap-2.5 rounded-lg px-3 py-1.5 text-ink-muted hover:bg-hover hover:text-ink pointer-coarse:min-h-11 [&::-webkit-details-marker]:hidden">
        <ToolMark tool={last} isRunning={isRunning} />
        <span className="min-w-0 flex-1 truncate">{summaryOf(tools, isRunning)}</span>
        <ChevronRight
          aria-hidden="true"
          className="size-4 shrink-0 transition-transform group-open/tools:rotate-90"
        />
      </summary>
      <ol className="flex flex-col gap-4 border-line border-t px-3 py-3">
        {tools.map((tool) => (
          <ToolCall key={tool.callId} tool={tool} isLive={isLive} />
        ))}
      </ol>
    </details>
  );
}

function summaryOf(tools: readonly Tool[], isRunning: boolean): string {
  const last = tools.at(-1);
  if (last === undefined) return "";
  const words = wordsOf(last.name);
  if (isRunning) return `${words.running}…`;
  if (tools.length === 1) return last.phase === "failed" ? `${words.done}, without success` : words.done;
  const names = [...new Set(tools.map((tool) => wordsOf(tool.name).done.toLowerCase()))];
  return `${tools.length} steps: ${names.join(", ")}`;
}

function ToolMark({ tool, isRunning }: { tool: Tool; isRunning: boolean }) {
  if (isRunning) return <Spinner label="Working" className="shrink-0" />;
  const Icon = tool.phase === "failed" ? CircleAlert : Check;
  return <Icon aria-hidden="true" className="size-4 shrink-0" />;
}

function ToolCall({ tool, isLive }: { tool: Tool; isLive: boolean }) {
  return (
    <li className="min-w-0">
      <p className="mb-1.5 font-medium text-ink">
        {tool.name.replaceAll("_", " ")}
        {tool.phase === "failed" && <span className="ml-2 font-normal text-danger-ink">failed</span>}
      </p>
      <ToolText label="Asked" text={pretty(tool.arguments)} />
      <ToolText
        label="Answered"
        text={pretty(tool.output) || (isLive ? "Still working…" : "No answer was received.")}
      />
    </li>
  );
}

function ToolText({ label, text }: { label: string; text: string }) {
  if (text === "") return null;
  return (
    <div className="mt-1.5">
      <p className="text-ink-muted text-xs">{label}</p>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-0.5 max-h-64 overflow-auto whitespace-pre-wrap rounded-md bg-sunken px-2.5 py-2 font-mono text-[12.5px] [overflow-wrap:anywhere]"
      >
        {text}
      </pre>
    </div>
  );
}

/** Mostly JSON, sometimes cut, sometimes plain words. */
function pretty(json: string | undefined): string {
  if (json === undefined || json === "{}") return "";
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
