// The control over HTTP, for processes that did not start the simulator: GET for what is to be read, POST for what is done.
import { z } from "zod";
import type { Hand } from "./control-hand";
import { StripeFailure } from "./failure";

const behaviour = z.enum(["succeed", "decline", "insufficient_funds", "authenticate", "processing"]);
const order = z.union([z.enum(["as_made", "backwards"]), z.strictObject({ seed: z.int() })]);
const fault = z.strictObject({
  kind: z.enum(["rate_limit", "server_error", "hang_up", "slow"]),
  isAfterwards: z.boolean().exactOptional(),
  count: z.int().exactOptional(),
  delayMs: z.int().exactOptional(),
  matching: z.string().exactOptional(),
});

/** Name -> what it does with a JSON body. Bodies of another shape are refused with 400. */
const ACTIONS: Record<string, (hand: Hand, body: unknown) => unknown> = {
  advance: (hand, body) =>
    hand.advance(
      z.strictObject({ days: z.number().exactOptional(), seconds: z.number().exactOptional() }).parse(body),
    ),
  renew: (hand, body) => hand.renew(z.strictObject({ subscription: z.string() }).parse(body).subscription),
  "renew-alone": (hand, body) =>
    hand.renewAlone(z.strictObject({ subscription: z.string() }).parse(body).subscription),
  decline: (hand, body) => hand.declineNext(z.strictObject({ count: z.int().default(1) }).parse(body).count),
  behaviour: (hand, body) => {
    const { id, answers } = z.strictObject({ id: z.string(), answers: behaviour }).parse(body);
    hand.setBehaviour(id, answers);
  },
  dunning: (hand, body) =>
    hand.endDunningWith(z.strictObject({ end: z.enum(["unpaid", "cancel", "past_due"]) }).parse(body).end),
  finish: (hand, body) => {
    const sent = z.strictObject({ paymentIntent: z.string(), hasSucceeded: z.boolean() }).parse(body);
    hand.finish(sent.paymentIntent, sent.hasSucceeded);
  },
  dispute: (hand, body) => hand.dispute(z.strictObject({ id: z.string() }).parse(body).id),
  "close-dispute": (hand, body) => {
    const { id, status } = z.strictObject({ id: z.string(), status: z.enum(["won", "lost"]) }).parse(body);
    hand.closeDispute(id, status);
  },
  "fail-refund": (hand, body) => hand.failRefund(z.strictObject({ id: z.string() }).parse(body).id),
  fail: (hand, body) => hand.fail(fault.parse(body)),
  "clear-faults": (hand) => hand.clearFaults(),
  "forget-received": (hand) => hand.forgetReceived(),
  hold: (hand) => hand.holdEvents(),
  release: (hand, body) =>
    hand.releaseEvents(z.strictObject({ order: order.default("as_made") }).parse(body).order),
  drop: (hand, body) => hand.dropEvents(z.strictObject({ isDropping: z.boolean() }).parse(body).isDropping),
  copies: (hand, body) => hand.copyEvents(z.strictObject({ count: z.int().min(1) }).parse(body).count),
  delay: (hand, body) => hand.delayEvents(z.strictObject({ ms: z.int().min(0) }).parse(body).ms),
  redeliver: (hand, body) => hand.redeliver(z.strictObject({ event: z.string() }).parse(body).event),
};

const READINGS: Record<string, (hand: Hand) => unknown> = {
  health: () => ({ isStripeSimulator: true }),
  now: (hand) => ({ now: hand.now() }),
  received: (hand) => hand.received(),
  sent: (hand) => hand.sent(),
  settled: async (hand) => {
    await hand.settled();
    return { isSettled: true };
  },
};

export function controlRoutes(hand: Hand) {
  return async (method: string, name: string, body: string): Promise<{ status: number; body: object }> => {
    const table: Record<string, (hand: Hand, body: unknown) => unknown> =
      method === "GET" ? READINGS : ACTIONS;
    const action = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!action) return { status: 404, body: { error: `There is no control ${method} ${name}.` } };
    try {
      const result = await action(hand, body ? JSON.parse(body) : {});
      return { status: 200, body: typeof result === "object" && result !== null ? result : { ok: true } };
    } catch (error) {
      const isTheirs =
        error instanceof z.ZodError || error instanceof StripeFailure || error instanceof SyntaxError;
      return {
        status: isTheirs ? 400 : 409,
        body: { error: error instanceof Error ? error.message : String(error) },
      };
    }
  };
}
