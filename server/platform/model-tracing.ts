// @openai/agents traces what its agents do. Traces would carry prompts to a third party, so none are made. What is left
// of tracing is its context, which is no-op traces in an AsyncLocalStorage: on Node below 24 the first use of one makes
// every promise of the process pay for a hook. A plain object does here.

import { getGlobalTraceProvider, setTracingContextStorage, setTracingDisabled } from "@openai/agents";

type Storage = NonNullable<Parameters<typeof setTracingContextStorage>[0]>;

/** Makes @openai/agents trace nothing, and follow nothing through promises. */
export function endTracing(): void {
  setTracingDisabled(true);
  const trace = getGlobalTraceProvider().createTrace({});
  // A new object each time: spans are written into it, and would be kept.
  const storage = {
    getStore: () => ({ active: true, trace }),
    run: (_store: unknown, work: () => unknown) => work(),
    enterWith: () => {},
  };
  setTracingContextStorage(storage as Storage);
}
