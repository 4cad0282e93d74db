// What the answers on screen cost: asked for together, once they are settled, and again when one has changed.

import { createContext, useContext, useEffect, useRef, useState } from "react";
import type { MessageItem } from "../../../server/chat/contract";
import { COSTS_MAX } from "../../../server/usage/terms";
import type { AnswerCost } from "../../../server/usage/usage-events";

export interface AnswerCosts {
  tenantSlug: string;
  /** Nano by answer; whose cost is not known is missing. */
  nano: ReadonlyMap<string, string>;
}

const Costs = createContext<AnswerCosts | null>(null);
export const AnswerCostsProvider = Costs.Provider;

/** Null where nobody tells what answers cost. */
export function useAnswerCosts(): AnswerCosts | null {
  return useContext(Costs);
}

type Ask = (messageIds: string[]) => Promise<{ items: AnswerCost[] }>;

/** Follows the costs of these messages' answers. What cannot be had is left out: the receipt tells it, too. */
export function useCostsOf(
  messages: readonly Pick<MessageItem, "id" | "role" | "status" | "outputTokens">[],
  ask: Ask,
): ReadonlyMap<string, string> {
  const [nano, setNano] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = useRef(new Set<string>());
  const wanted = messages
    .filter(({ role, status }) => role === "assistant" && status !== "streaming")
    .map(({ id, status, outputTokens }) => ({ id, key: `${id} ${status} ${outputTokens}` }));
  const signature = wanted.map(({ key }) => key).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature says what the messages are
  useEffect(() => {
    const missing = wanted.filter(({ key }) => !asked.current.has(key)).slice(-COSTS_MAX);
    if (missing.length === 0) return;
    for (const { key } of missing) asked.current.add(key);
    ask(missing.map(({ id }) => id))
      .then(({ items }) =>
        setNano(
          (known) =>
            new Map([...known, ...items.map(({ messageId, costNano }) => [messageId, costNano] as const)]),
        ),
      )
      .catch(() => undefined);
  }, [signature]);
  return nano;
}
