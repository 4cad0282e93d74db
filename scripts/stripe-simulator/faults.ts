// Trouble on request: calls that answer 429 or 500, that hang up, or that answer late. Before the work is done, or after
// it, when only the answer is lost.

export interface Fault {
  /** What happens to the call. */
  kind: "rate_limit" | "server_error" | "hang_up" | "slow";
  /** The work is done all the same; its answer is lost. */
  isAfterwards?: boolean;
  count?: number;
  delayMs?: number;
  /** Only calls whose `METHOD /path` holds this text. */
  matching?: string;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The fault of this call, used up. */
  take(call: string): Fault | null;
}

export function openFaults(): Faults {
  let waiting: Fault[] = [];
  return {
    add: (fault) => waiting.push({ count: 1, ...fault }),
    clear: () => {
      waiting = [];
    },
    take: (call) => {
      const fault = waiting.find(({ matching }) => !matching || call.includes(matching));
      if (!fault) return null;
      fault.count = (fault.count ?? 1) - 1;
      if (fault.count <= 0) waiting = waiting.filter((other) => other !== fault);
      return fault;
    },
  };
}
