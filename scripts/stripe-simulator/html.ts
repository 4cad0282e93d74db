// The look of the hosted pages.

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 30rem; }
h1 { font-size: 1.25rem; } h2 { font-size: 1.0625rem; } table { width: 100%; border-collapse: collapse; } td { padding: .25rem 0; }
td:last-child { text-align: right; } .note { opacity: .75; font-size: .875rem; }
.error { border: 1px solid #c33; border-radius: .375rem; padding: .5rem .75rem; }
fieldset { border: 1px solid #8888; border-radius: .5rem; margin: 1rem 0; padding: .5rem 1rem; }
label { display: block; padding: .25rem 0; }
button, a.button { font: inherit; padding: .5rem 1rem; border-radius: .375rem; border: 1px solid #635bff;
  background: #635bff; color: #fff; cursor: pointer; text-decoration: none; display: inline-block; }
button.plain { background: none; color: inherit; border-color: #8888; }
form.row { display: inline-block; margin: 0 .5rem .5rem 0; }`;

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** A whole page; `body` is HTML already. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>
<style>${STYLE}</style></head><body><p class="note">Stripe, simulated: no money moves here.</p>
<h1>${escapeHtml(title)}</h1>${body}</body></html>`;
}

export function amountText(cents: number, currency: string): string {
  return new Intl.NumberFormat("en-US", { style: "currency", currency }).format(cents / 100);
}

/** The answers a card may give, as a choice. */
export const CARD_CHOICES: { card: string; label: string }[] = [
  { card: "pm_card_visa", label: "Visa •••• 4242, pays" },
  { card: "pm_card_chargeDeclined", label: "Visa •••• 0002, is declined" },
  { card: "pm_card_chargeCustomerFail", label: "Visa •••• 0341, is accepted and declined when charged" },
  { card: "pm_card_authenticationRequired", label: "Visa •••• 3184, asks for 3-D Secure each time" },
  { card: "pm_simulated_processing", label: "Bank debit •••• 6789, takes a while" },
];

export function cardFieldset(): string {
  const choices = CARD_CHOICES.map(
    ({ card, label }, position) =>
      `<label><input type="radio" name="card" value="${card}"${position === 0 ? " checked" : ""}> ${label}</label>`,
  );
  return `<fieldset><legend>Card</legend>${choices.join("")}</fieldset>`;
}
