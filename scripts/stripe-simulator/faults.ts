// Trouble on request: calls that answer 429 or 500, that hang up, or that answer late. Before the work is done, or after
// it, when only the answer is lost.

export interface Fault {
  /** What happens to the call. */
  kind: "rate_limit" | "server_error" | "hang_up" | "slow";
  /** The work is done all the same; its answer is lost. */
  isAfterwards?: boolean;
  count?: number;
  /** How late a slow answer is; left out, it waits until the faults are cleared. */
  delayMs?: number;
  /** Only calls whose `METHOD /path` holds this text. */
  matching?: string;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The fault of this call, used up. */
  take(call: string): Fault | null;
  /** Resolves when the faults are cleared. */
  cleared(): Promise<void>;
}

export function openFaults(): Faults {
  let waiting: Fault[] = [];
  let listeners: (() => void)[] = [];
  return {
    add: (fault) => waiting.push({ count: 1, ...fault }),
    clear: () => {
      waiting = [];
      for (const tell of listeners) tell();
      listeners = [];
    },
    cleared: () => new Promise((resolve) => listeners.push(resolve)),
    take: (call) => {
      const fault = waiting.find(({ matching }) => !matching || call.includes(matching));
      if (!fault) return null;
      fault.count = (fault.count ?? 1) - 1;
      if (fault.count <= 0) waiting = waiting.filter((other) => other !== fault);
      return fault;
    },
  };
}
