// The wallet once more, in memory and by other means: what must be in the books after any sequence of commands. It shares
// nothing with the SQL functions.

import { costOf, monthsSince, type Prices, type Tokens } from "./wallet-arithmetic";

export interface Ask {
  member: string;
  input: number;
  wanted: number;
}

export interface ModelHold {
  member: string;
  payer: "allowance" | "reserve";
  amount: bigint;
  output: number;
  expectedInput: number;
  progress: number;
  state: "reserved" | "dispatched" | "settled" | "released" | "expired";
  expiresAtMs: number;
  month: number;
  /** What was charged, once it is settled or expired. */
  charged: bigint;
  /** Settled by a sweep, so that exact numbers may still come. */
  isSwept: boolean;
}

interface Cap {
  nano: bigint;
  isHard: boolean;
}

const MILLION = 1_000_000n;
const LEAST_OUTPUT = 256;
const MINUTE_MS = 60_000;

export class WalletModel {
  balance = 0n;
  policy: "block" | "warn" | "limited" = "block";
  floor = 0n;
  readonly holds = new Map<string, ModelHold>();
  readonly caps = new Map<string, Cap>();
  private readonly booked = new Set<string>();

  constructor(
    private readonly prices: Prices,
    private readonly facts: { anchor: Date; messagesFree: number; threshold: bigint },
  ) {}

  get held(): bigint {
    return sum([...this.holds.values()].filter(isOpen).map(({ amount }) => amount));
  }

  /** Held and spent in a month, by everybody or by one member. */
  counted(month: number, member?: string): { held: bigint; spent: bigint } {
    const own = [...this.holds.values()].filter(
      (hold) => hold.payer === "reserve" && hold.month === month && (!member || hold.member === member),
    );
    const held = sum(own.filter(isOpen).map(({ amount }) => amount));
    return { held, spent: sum(own.map(({ charged }) => charged)) };
  }

  /** Messages of the allowance that are taken in a month: used, or held for a call under way. */
  messagesTaken(month: number): number {
    const covered = [...this.holds.values()].filter(
      (hold) => hold.payer === "allowance" && hold.month === month,
    );
    return covered.filter(({ state }) => state !== "released" && state !== "expired").length;
  }

  /** What admission must answer: the hold, or the reason of the refusal. */
  decide(ask: Ask, at: Date): ModelHold | string {
    const month = monthsSince(this.facts.anchor, at);
    const hold: ModelHold = {
      member: ask.member,
      payer: "allowance",
      amount: 0n,
      output: ask.wanted,
      expectedInput: Math.floor(ask.input / 2),
      progress: 0,
      state: "reserved",
      expiresAtMs: at.getTime() + 2 * MINUTE_MS,
      month,
      charged: 0n,
      isSwept: false,
    };
    if (this.messagesTaken(month) < this.facts.messagesFree) return hold;
    const free = this.balance - this.held;
    if (this.policy === "limited" && free < this.facts.threshold) return "reserve_insufficient";
    const room = this.policy === "warn" ? free - this.floor : free;
    const capRoom = this.capRoom(ask.member, month);
    const least = Math.min(LEAST_OUTPUT, ask.wanted);
    const output = this.affordable(ask, capRoom === null ? room : smaller(room, capRoom));
    if (output >= least) return { ...hold, payer: "reserve", output, amount: this.bound(ask.input, output) };
    const isCapped = capRoom !== null && this.bound(ask.input, least) > capRoom;
    return isCapped ? "monthly_cap_reached" : "reserve_insufficient";
  }

  checkpoint(hold: ModelHold, tokens: number, at: Date): void {
    if (hold.state !== "dispatched") return;
    hold.progress = Math.max(hold.progress, tokens);
    if (hold.expiresAtMs < at.getTime() + MINUTE_MS) hold.expiresAtMs = at.getTime() + 2 * MINUTE_MS;
  }

  dispatch(hold: ModelHold, at: Date): boolean {
    if (hold.state !== "reserved") return false;
    hold.state = "dispatched";
    hold.expiresAtMs = at.getTime() + 2 * MINUTE_MS;
    return true;
  }

  release(hold: ModelHold): boolean {
    if (hold.state !== "reserved") return false;
    hold.state = "released";
    return true;
  }

  /** The first settlement holds; exact numbers that follow a sweep of a charged call correct it once. */
  settle(hold: ModelHold, tokens: Tokens): void {
    if (hold.state === "dispatched") {
      hold.state = "settled";
      this.charge(hold, costOf(this.prices, tokens, 1));
    } else if (hold.isSwept) {
      const cost = costOf(this.prices, tokens, 1);
      if (cost !== hold.charged) hold.isSwept = false;
      this.charge(hold, cost);
    }
  }

  sweep(at: Date): void {
    for (const hold of [...this.holds.values()].filter(isOpen)) {
      if (hold.expiresAtMs >= at.getTime()) continue;
      if (hold.state === "reserved") hold.state = "released";
      else this.sweepDispatched(hold);
    }
  }

  /** Books once for each kind and cause. */
  book(key: string, amount: bigint): boolean {
    if (this.booked.has(key)) return false;
    this.booked.add(key);
    this.balance += amount;
    return true;
  }

  private sweepDispatched(hold: ModelHold): void {
    hold.isSwept = hold.payer === "reserve";
    hold.state = hold.progress > 0 ? "settled" : "expired";
    if (hold.progress === 0) return;
    const outputTokens = Math.min(hold.progress, hold.output);
    const shown = { inputTokens: hold.expectedInput, outputTokens, cachedInputTokens: 0, reasoningTokens: 0 };
    this.charge(hold, costOf(this.prices, shown, 1));
  }

  private charge(hold: ModelHold, cost: bigint): void {
    if (hold.payer === "allowance") return;
    this.balance -= cost - hold.charged;
    hold.charged = cost;
  }

  private capRoom(member: string, month: number): bigint | null {
    const rooms = [...this.caps.entries()]
      .filter(([of, { isHard }]) => isHard && (of === "tenant" || of === member))
      .map(([of, { nano }]) => {
        const { held, spent } = this.counted(month, of === "tenant" ? undefined : of);
        return nano - held - spent;
      });
    return rooms.length === 0 ? null : rooms.reduce(smaller);
  }

  private affordable({ input, wanted }: Ask, room: bigint): number {
    if (this.bound(input, wanted) <= room) return wanted;
    const left = room * MILLION - this.inputBound(input);
    return left < 0n ? -1 : Number(left / larger(this.prices.output, this.prices.reasoning));
  }

  private bound(input: number, output: number): bigint {
    const exact = this.inputBound(input) + BigInt(output) * larger(this.prices.output, this.prices.reasoning);
    return (exact + MILLION - 1n) / MILLION;
  }

  private inputBound(input: number): bigint {
    return BigInt(input) * larger(this.prices.input, this.prices.cached) + this.prices.message;
  }
}

function isOpen({ state }: ModelHold): boolean {
  return state === "reserved" || state === "dispatched";
}

function sum(values: bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
