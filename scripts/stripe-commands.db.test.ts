import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { takeDelivery } from "../server/billing/intake/deliveries";
import { storeEvent } from "../server/billing/intake/store";
import { now } from "../server/platform/clock";
import { platformDb } from "../server/platform/db";
import { newId } from "../server/platform/ids";
import { billedStripe } from "../tests/factories/billing";
import { runCommand } from "../tests/factories/commands";
import { eventOf, signed } from "../tests/factories/stripe-events";
import { setUpStripe } from "../tests/factories/stripe-settings";

const FOLDER = "tests/fixtures/stripe";
/** Each command is a process of its own, which a busy machine starts slowly. */
const COMMANDS_MS = 150_000;

beforeAll(() => setUpStripe());

test.each(readdirSync(FOLDER))(
  "the recorded event %s is taken in like a delivery, once however often",
  async (name) => {
    const text = readFileSync(`${FOLDER}/${name}`, "utf8");
    const { id } = JSON.parse(text) as { id: string };
    for (let count = 1; count <= 2; count += 1) {
      expect(await takeDelivery(signed(text))).toBe(202);
      const row = await platformDb().stripeEvent.findUniqueOrThrow({ where: { eventId: id } });
      expect(row.deliveryCount).toBe(count);
    }
  },
);

test("the recorded events are what Stripe sends", async () => {
  const { code, stdout } = await runCommand("stripe-fixtures");
  expect(stdout).toContain("recorded events: 0 problems");
  expect(code).toBe(0);
});

test(
  "what did not end is listed, tried out, and replayed only when that is confirmed",
  async () => {
    const event = eventOf("price.created");
    const raw = Buffer.from(JSON.stringify(event));
    await storeEvent({ event, raw, source: "webhook" }, { states: [], moneys: [] });
    const id = newId();
    const row = { id, eventId: event.id, handler: "gone", receivedAt: now(), lastError: "No such thing." };
    await platformDb().stripeEventDispatch.create({ data: { ...row, status: "dead", attempts: 150 } });
    const listed = await runCommand("stripe-replay", ["--status", "dead"]);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining(event.id) });
    expect(listed.stdout).toContain("No such thing.");
    const tried = await runCommand("stripe-replay", ["--dispatch", id, "--dry-run"]);
    expect(tried).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing would be written.") });
    const replayed = await runCommand("stripe-replay", [
      "--event",
      event.id,
      "--replay",
      "--yes",
      "--reason",
      "Tried",
    ]);
    expect(replayed).toMatchObject({ code: 0, stdout: expect.stringContaining("dead -> failed") });
    const after = await platformDb().stripeEventDispatch.findUniqueOrThrow({ where: { id } });
    expect(after).toMatchObject({ status: "failed", attempts: 1, lastError: "No handler is called gone." });
    const unknown = await runCommand("stripe-replay", ["--dispatch", newId(), "--dry-run"]);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("not found") });
  },
  COMMANDS_MS,
);

test(
  "a release is stopped by what Stripe does not have, and by nothing where billing is off",
  async () => {
    const check = (env = {}) => runCommand("stripe-setup", ["--check", "--if-on"], env);
    expect(await check({ ENABLE_BILLING: "false", STRIPE_SECRET_KEY: "" })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("nothing to check"),
    });
    const { stop } = await billedStripe();
    try {
      const missing = await check({ STRIPE_PRODUCT_PRICE_MAP: "starter=price_gone" });
      expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("price_gone") });
      expect(missing.stderr).toContain("No webhook endpoint");
    } finally {
      await stop();
      setUpStripe();
    }
  },
  COMMANDS_MS,
);
