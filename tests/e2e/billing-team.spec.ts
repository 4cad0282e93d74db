// A team that pays: the seat of somebody who joins, a payment that fails and is made good, and a reserve that fills itself;
// while another page of billing stands open, is never read anew, and shows all of it.

import { expect, type Page } from "@playwright/test";
import { useUpMessages } from "./allowance";
import { expectNoFaultsOnBoth } from "./faults";
import { join, linkOfMail, newPerson, signIn } from "./people";
import { test } from "./watched";

/** People who joined are counted for the invoice some seconds later. */
const SEATS_TIMEOUT_MS = 90_000;
/** An answer is settled when it is whole, and paid for after that. */
const SPENT_TIMEOUT_MS = 90_000;

const owner = newPerson("Olu Owner");
const guest = newPerson("Gil Guest");

let desk: Page;
let watching: Page;
let theirs: Page;
let home: string;
let stripe: string;
let openedAt: number;

// One story in order: each part goes on where the one before it ended.
test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  desk = await (await browser.newContext()).newPage();
  theirs = await (await browser.newContext()).newPage();
  await signIn(desk, await join(desk, owner));
  home = new URL(desk.url()).pathname;
  watching = await desk.context().newPage();
  const told = watching.waitForRequest(/billing\.live/);
  await watching.goto(`${home}/billing`);
  await told;
  openedAt = await loadedAt(watching);
});

test.afterAll(() => Promise.all([desk.context().close(), theirs.context().close()]));

/** When the page came from the server: another number after a reload. */
function loadedAt(page: Page): Promise<number> {
  return page.evaluate(() => performance.timeOrigin);
}

const plan = () => watching.getByRole("region", { name: /^Plan:/ });
const banner = (page: Page) => page.getByRole("region", { name: "Limits", exact: true });

test("a trial is subscribed to, and somebody joins after the price of their seat was read", async () => {
  await expect(plan()).toContainText("The trial ends on");
  await subscribe(/accepted and declined when charged/);
  await expect(plan()).toContainText("1 at $19.00 a month");
  await desk.goto(`${home}/members`);
  await expect(desk.getByText(/\$19\.00 a month/)).toBeVisible();
  await desk.getByLabel("Email addresses").fill(guest.email);
  await desk.getByRole("button", { name: "Send invites" }).click();
  await expect(desk.getByText("Invite sent", { exact: true })).toBeVisible();
  await acceptInvite();
  await expect(plan()).toContainText("2 at $19.00 a month", { timeout: SEATS_TIMEOUT_MS });
});

test("a payment fails: who can act is told on the open page, and nobody else is troubled", async () => {
  await renew();
  await expect(plan()).toContainText("A payment failed.");
  await expect(banner(watching)).toContainText("A payment failed. Calls are refused from");
  await theirs.goto(`${home}/chat`);
  await expect(theirs.getByLabel("Message", { exact: true })).toBeVisible();
  await expect(banner(theirs)).toHaveCount(0);
  await expectNoFaultsOnBoth(watching, "billing with a payment that failed");
});

test("another card is saved and the open invoice is paid, and all is well again", async () => {
  await useAnotherCard();
  await expect(plan()).toContainText("Visa ending in 4242");
  await desk.goto(`${home}/billing/invoices`);
  await desk.getByRole("link", { name: /^Pay invoice/ }).click();
  await desk.waitForURL(/\/invoices\/in_/);
  await desk.getByRole("button", { name: "Pay" }).click();
  await expect(desk.getByText(/, paid$/)).toBeVisible();
  await expect(plan()).toContainText("Renews on");
  await expect(watching.getByRole("row", { name: /\$38\.00/ })).toContainText("Paid");
  await expect(banner(watching)).toHaveCount(0);
});

test("the reserve is filled by hand, and then by itself as soon as an answer takes it below its threshold", async () => {
  const reserve = watching.getByRole("region", { name: "Reserve", exact: true });
  await topUp("20");
  await expect(reserve).toContainText("$20.00");
  await desk.goto(`${home}/billing`);
  const automatic = desk.getByRole("region", { name: "Automatic top-up" });
  await automatic.getByLabel("Fill the reserve by itself").check();
  // What is there is not below it yet.
  await automatic.getByLabel("Below, in dollars").fill("20");
  await automatic.getByLabel("Add, in dollars").fill("50");
  await automatic.getByRole("button", { name: "Save" }).click();
  await expect(desk.getByText("Saved", { exact: true })).toBeVisible();
  const filled = watching
    .getByRole("region", { name: "Ledger" })
    .getByRole("row", { name: /^Automatic top-up/ });
  await expect(filled).toHaveCount(0);
  await useUpMessages(owner.workspace);
  await ask("What is a river?");
  await expect(filled).toContainText("+$50.00", { timeout: SPENT_TIMEOUT_MS });
});

test("the subscription is left, and the open page was never read anew", async () => {
  await desk.goto(`${home}/billing/plan`);
  await desk.getByRole("button", { name: "Cancel at the end of the period" }).click();
  await expect(plan()).toContainText("Ends on");
  await expectNoFaultsOnBoth(watching, "billing with all there is");
  expect(await loadedAt(watching)).toBe(openedAt);
});

/** Subscribes to Starter with this card, and remembers where the simulated Stripe is. */
async function subscribe(card: RegExp): Promise<void> {
  await desk.goto(`${home}/billing/plan?plan=starter&interval=month`);
  await desk.getByRole("button", { name: "Continue to payment" }).click();
  await desk.waitForURL(/\/checkout\//);
  stripe = new URL(desk.url()).origin;
  await desk.getByLabel(card).check();
  await desk.getByRole("button", { name: "Subscribe" }).click();
  await desk.waitForURL(/subscribed=1/);
}

async function acceptInvite(): Promise<void> {
  const mail = { subject: /invited/i, link: /\/invite\?token=/ };
  await theirs.goto(await linkOfMail(theirs, guest.email, mail));
  await theirs.getByLabel("Your name").fill(guest.name);
  await theirs.getByLabel("Password", { exact: true }).fill(guest.password);
  await theirs.getByRole("button", { name: "Create account" }).click();
  await expect(theirs.getByText("Signup successful")).toBeVisible();
  await signIn(theirs, guest);
}

/** Makes the period of this workspace's subscription end now, with the hand in the machine. */
async function renew(): Promise<void> {
  await desk.goto(stripe);
  const row = desk.getByRole("row").filter({ hasText: owner.workspace });
  await row.getByRole("button", { name: "Renew now" }).click();
  await expect(row).toContainText("past_due");
}

async function useAnotherCard(): Promise<void> {
  await desk.goto(`${home}/billing/plan`);
  await desk.getByRole("button", { name: "Change the payment method" }).click();
  await desk.waitForURL(/\/portal\//);
  await desk.getByLabel(/4242, pays/).check();
  await desk.getByRole("button", { name: "Use this card" }).click();
  await expect(desk.getByText(/^Card: /)).toContainText("4242");
  await desk.getByRole("link", { name: "Return to Parley" }).click();
  await desk.waitForURL(/\/billing/);
}

async function topUp(dollars: string): Promise<void> {
  await desk.goto(`${home}/billing`);
  await desk.getByLabel("Top up by, in dollars").fill(dollars);
  await desk.getByRole("button", { name: "Top up", exact: true }).click();
  await desk.waitForURL(/\/checkout\//);
  await desk.getByRole("button", { name: "Pay" }).click();
  await desk.waitForURL(/topup=paid/);
}

/** Has a question answered, for which the reserve pays. */
async function ask(question: string): Promise<void> {
  await desk.goto(`${home}/chat`);
  await desk.getByRole("textbox", { name: "Message" }).fill(question);
  await desk.getByRole("button", { name: "Send" }).click();
  await desk.waitForURL(/\/chat\/[\w-]{36}/);
}
