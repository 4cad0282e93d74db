// The pages of the easy set-up: plain HTML without scripts. What was typed as a key or a secret is never shown again.
import { escapeHtml } from "../stripe-simulator/html";

/** What is to be done next, and what is known for it. */
export type Step =
  | { name: "key" }
  | { name: "plan"; planned: string[] }
  | { name: "webhook"; made: string[]; webhookUrl: string }
  /** A secret that was typed has been seen by its form alone. */
  | { name: "done"; notes: string[]; isTyped: boolean };

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 38rem; }
h1 { font-size: 1.375rem; } li, code { overflow-wrap: anywhere; }
.error { border: 1px solid #c33; border-radius: .375rem; padding: .5rem .75rem; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; min-height: 44px; padding: .5rem .75rem; font: inherit; }
button { min-height: 44px; margin: 1rem .75rem 0 0; padding: .5rem 1rem; font: inherit; cursor: pointer; }`;

const TITLES: Record<Step["name"], string> = {
  key: "1 of 3: the test key",
  plan: "2 of 3: plans and prices",
  webhook: "3 of 3: the webhook",
  done: "Stripe is set up",
};

/** A whole page; `nonce` is that of its style. */
export function setupPage(step: Step, { nonce, error }: { nonce: string; error: string | null }): string {
  const title = TITLES[step.name];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Parley</title>
<style nonce="${nonce}">${STYLE}</style></head><body><main><h1>${title}</h1>
${error === null ? "" : `<p class="error" role="alert" id="error">${escapeHtml(error)}</p>`}
${bodyOf(step, error !== null)}</main></body></html>`;
}

function bodyOf(step: Step, hasError: boolean): string {
  if (step.name === "key")
    return form(
      "key",
      `<p>Open <strong>Developers, API keys</strong> in your Stripe dashboard, with test mode on. A secret key begins with
<code>sk_test_</code>, a restricted one with <code>rk_test_</code>. It is written into <code>.env</code> and nowhere else.</p>
${secretField("key", "Test key", hasError)}<button>Check the key</button>`,
    );
  if (step.name === "plan")
    return `<p>${step.planned.length === 0 ? "All products and prices are there already." : "This will be made at Stripe:"}</p>
${list(step.planned)}${form("make", `<button>${step.planned.length === 0 ? "Go on" : "Make them"}</button>`)}
${form("back", "<button>Use another key</button>")}`;
  if (step.name === "webhook") return webhookHtml(step, hasError);
  return `<p>Key, prices and webhook stand in <code>.env</code>, and <code>ENABLE_BILLING</code> is on. Start Parley again to use them.
This page is closed now.</p>${step.isTyped ? UNPROVED : ""}${list(step.notes)}`;
}

const UNPROVED = `<p>Of the signing secret only the form could be checked: Stripe tells nobody whether it is the right one. The first event
shows it. While the secret is wrong, each delivery is refused, which is logged as <code>stripe.delivery_refused</code> and counted in
<code>stripe_webhook_events_total{result="bad_signature"}</code>.</p>`;

function webhookHtml({ made, webhookUrl }: Extract<Step, { name: "webhook" }>, hasError: boolean): string {
  const url = escapeHtml(webhookUrl);
  return `${made.length === 0 ? "" : `<p>Made at Stripe:</p>${list(made)}`}
<p>Stripe has to send all events to</p><p><code>${url}</code></p>
${isReachable(webhookUrl) ? ADD_ENDPOINT : ""}
<p>In <strong>Developers, Webhooks</strong>, add an endpoint for this address that listens to all events. For an address that Stripe
cannot reach, <code>stripe listen --forward-to ${url}</code> passes events on. Either shows a signing secret.</p>
${form("webhook", `${secretField("secret", "Signing secret", hasError)}<button>Check and finish</button>`)}`;
}

/** Stripe takes endpoints on the internet alone; what only looks like one it refuses in words. */
function isReachable(webhookUrl: string): boolean {
  return new URL(webhookUrl).protocol === "https:";
}

const ADD_ENDPOINT = `<p>The endpoint can be added for you. Stripe tells its signing secret then, and it is written down as it was told.</p>
${form("endpoint", "<button>Add the endpoint and finish</button>")}<p>Or by hand:</p>`;

function form(action: string, inner: string): string {
  return `<form method="post" action="/${action}">${inner}</form>`;
}

function secretField(name: string, label: string, hasError: boolean): string {
  const invalid = hasError ? ' aria-invalid="true" aria-describedby="error"' : "";
  return `<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="password" autocomplete="off" spellcheck="false" required${invalid}>`;
}

function list(items: string[]): string {
  return items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
}
