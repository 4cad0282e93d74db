// The way through the easy set-up, step by step. What was typed is kept until it is written, and no longer.
import type { Step } from "./page";

/** What the pages do at Stripe and to the .env file. Whatever is thrown is shown, without the key. */
export interface SetupDeeds {
  /** What would be made with this key, a line each. */
  plan(key: string): Promise<string[]>;
  /** Makes it; answers what was made, and STRIPE_PRODUCT_PRICE_MAP. */
  make(key: string): Promise<{ made: string[]; priceMap: string }>;
  /** Adds the webhook endpoint; answers its signing secret, which Stripe tells then alone. */
  addEndpoint(key: string): Promise<string>;
  /** What keeps Stripe's events from arriving, a sentence each. */
  webhookNotes(key: string): Promise<string[]>;
  write(settings: Record<string, string>): void;
}

export interface SetupOptions {
  deeds: SetupDeeds;
  webhookUrl: string;
}

const KEY = /^(sk|rk)_test_[A-Za-z0-9]{10,250}$/;
const SECRET = /^whsec_[A-Za-z0-9+/=_-]{10,250}$/;
const TEXT_KEY = "This is no test key. It begins with sk_test_ or rk_test_.";
const TEXT_LIVE =
  "This is a key of live mode. Set it up on the server, with npm run stripe:setup; here a test key is enough.";
const TEXT_SECRET = "This is no signing secret. It begins with whsec_.";

/** Where somebody is on the way, and what they have typed so far. */
interface Place {
  step: Step;
  key: string;
  priceMap: string;
}

/** Each deed answers what is wrong, or null and has taken the step. */
type Action = (place: Place, form: URLSearchParams) => Promise<string | null>;

export type Walk = ReturnType<typeof openWalk>;

export function openWalk(options: SetupOptions) {
  const place: Place = { step: { name: "key" }, key: "", priceMap: "" };
  const actions = actionsOf(options);
  return {
    step: () => place.step,
    async act(name: string, form: URLSearchParams): Promise<string | null> {
      const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
      const used = place.key || (form.get("key") ?? "").trim();
      try {
        return (await action?.(place, form)) ?? null;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return used === "" ? text : text.replaceAll(used, "the key");
      }
    },
  };
}

function actionsOf({ deeds, webhookUrl }: SetupOptions): Record<string, Action> {
  return {
    key: async (place, form) => {
      const given = (form.get("key") ?? "").trim();
      if (/^(sk|rk)_live_/.test(given)) return TEXT_LIVE;
      if (!KEY.test(given)) return TEXT_KEY;
      place.key = given;
      place.step = { name: "plan", planned: await deeds.plan(given) };
      return null;
    },
    back: async (place) => {
      place.key = "";
      place.step = { name: "key" };
      return null;
    },
    make: async (place) => {
      if (place.step.name !== "plan") return null;
      const { made, priceMap } = await deeds.make(place.key);
      place.priceMap = priceMap;
      place.step = { name: "webhook", made, webhookUrl };
      return null;
    },
    endpoint: async (place) => {
      if (place.step.name !== "webhook") return null;
      return finish(deeds, place, { secret: await deeds.addEndpoint(place.key), isTyped: false });
    },
    webhook: async (place, form) => {
      if (place.step.name !== "webhook") return null;
      const secret = (form.get("secret") ?? "").trim();
      return SECRET.test(secret) ? finish(deeds, place, { secret, isTyped: true }) : TEXT_SECRET;
    },
  };
}

async function finish(
  deeds: SetupDeeds,
  place: Place,
  { secret, isTyped }: { secret: string; isTyped: boolean },
): Promise<null> {
  const notes = await deeds.webhookNotes(place.key);
  deeds.write({
    STRIPE_SECRET_KEY: place.key,
    STRIPE_PRODUCT_PRICE_MAP: place.priceMap,
    STRIPE_WEBHOOK_SECRET: secret,
    ENABLE_BILLING: "true",
  });
  place.key = "";
  place.step = { name: "done", notes, isTyped };
  return null;
}
