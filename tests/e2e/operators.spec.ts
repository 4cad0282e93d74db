// Parley where people are let in: its first operator, who enrols at the first sign-in, lets somebody in, locks and unlocks
// them, takes away a log that proves it, and looks into a workspace while its owner allows it. One story in order: each part
// goes on where the one before it ended.

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { type BrowserContext, expect, type Page } from "@playwright/test";
import { codesOf, readQr } from "./authenticator";
import { expectNoFaultsOnBoth } from "./faults";
import { join, linkOfMail, type NewPerson, newPerson, signIn } from "./people";
import { test } from "./watched";

const OPERATOR = {
  email: process.env["E2E_ADMIN_EMAIL"] ?? "",
  password: process.env["E2E_ADMIN_PASSWORD"] ?? "",
};
const REASON = "Reported twice for spam";
const PAGES = [
  "/admin/users",
  "/admin/users?search=nobody",
  "/admin/access?view=approved",
  "/admin/access?view=used",
  "/admin/audit-logs",
  "/admin/tenants",
  "/admin/tenants?search=nobody",
  "/admin/system",
];
const BILLING_PAGES = [
  "/admin/billing",
  "/admin/billing?act=guard",
  "/admin/billing/costs",
  "/admin/billing/differences",
  "/admin/billing/adjustments",
  "/admin/billing/holds",
  "/admin/billing/rates",
  "/admin/billing/rates/standard",
  "/admin/billing/events",
  "/admin/billing/events?status=dead&tenant=nobody",
];
const run = promisify(execFile);
const person: NewPerson = newPerson("Zoë Nguyễn-Østergaard");

let atDesk: BrowserContext;
let desk: Page;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  atDesk = await browser.newContext({ acceptDownloads: true });
  desk = await atDesk.newPage();
});

test.afterAll(() => atDesk.close());

test("the first operator is let in only with a second factor, and finds the console in the menu", async () => {
  await passPassword(desk, /\/2fa\/setup/);
  await desk.goto("/admin/users");
  await expect(desk).toHaveURL(/\/login/);
  await desk.goto("/2fa/setup");
  await desk.getByRole("button", { name: "Continue" }).click();
  const nextCode = codesOf(await readQr(desk));
  await expectNoFaultsOnBoth(desk, "/2fa/setup with its picture");
  await desk.getByLabel("Security code").fill(await nextCode());
  await desk.getByRole("button", { name: "Turn on" }).click();
  await expect(desk.getByRole("list", { name: "Recovery codes" }).getByRole("listitem")).toHaveCount(10);
  await expectNoFaultsOnBoth(desk, "the recovery codes");
  await desk.getByRole("link", { name: "I have kept the codes" }).click();

  await desk.goto("/logout");
  await desk.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await desk.waitForURL(/\/login/);
  await passPassword(desk, /\/2fa\/verify/);
  await expectNoFaultsOnBoth(desk, "/2fa/verify");
  await desk.getByLabel("Security code").fill(await nextCode());
  await desk.getByRole("button", { name: "Sign in", exact: true }).click();
  await desk.waitForURL(/\/account\/workspaces/);
  await desk.getByRole("button", { name: /^Your account/ }).click();
  await desk.getByRole("link", { name: "Operator console" }).click();
  await expect(desk).toHaveURL(/\/admin\/users/);
});

test("a visitor asks for access, is approved, and registers by the link that was mailed", async ({
  page,
}) => {
  await page.goto("/login");
  await page.getByRole("link", { name: "Request access" }).click();
  await page.getByRole("button", { name: "Request access" }).click();
  await expect(page.getByLabel("Your name")).toHaveAttribute("aria-invalid", "true");
  await expectNoFaultsOnBoth(page, "/request-access with errors");
  await page.getByLabel("Your name").fill(person.name);
  await page.getByLabel("Organisation").fill(person.workspace);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("What would you use Parley for?").fill("To answer our customers' letters.");
  await page.getByRole("button", { name: "Request access" }).click();
  await expect(page.getByRole("heading", { name: "Request received" })).toBeVisible();

  await desk.getByRole("link", { name: "Access", exact: true }).click();
  await expect(desk.getByText("To answer our customers' letters.")).toBeVisible();
  await expectNoFaultsOnBoth(desk, "/admin/access with a request");
  await desk.getByRole("button", { name: `Approve ${person.email}` }).click();
  await expect(desk.getByText("Approved: the invite is on its way")).toBeVisible();

  const invite = await linkOfMail(page, person.email, { subject: /access/, link: /\/register\?invite=/ });
  await signIn(page, await join(page, person, { path: invite }));
  await expect(page.getByText(person.workspace).first()).toBeVisible();
});

test("a lock ends the person's open session and keeps them out until it is taken back", async ({ page }) => {
  await signIn(page, person);
  const home = page.url();
  await desk.goto("/admin/users");
  await desk.getByLabel("Search").fill(person.email);
  await desk.getByRole("button", { name: "Apply" }).click();
  await expect(desk.getByText("1 account", { exact: true })).toBeVisible();
  await desk.getByRole("link", { name: person.name }).click();
  await desk.getByRole("link", { name: "Lock", exact: true }).click();
  await desk.getByRole("button", { name: "Lock", exact: true }).click();
  await expect(desk.getByLabel("Reason")).toHaveAttribute("aria-invalid", "true");
  await desk.getByLabel("Reason").fill(REASON);
  await expectNoFaultsOnBoth(desk, "a person with a question");
  await desk.getByRole("button", { name: "Lock", exact: true }).click();
  await expect(desk.getByText("Account locked")).toBeVisible();
  await expect(desk.getByText(REASON)).toBeVisible();

  await page.goto(home);
  await expect(page).toHaveURL(/\/login/);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();

  await desk.getByRole("link", { name: "Unlock", exact: true }).click();
  await desk.getByRole("button", { name: "Unlock", exact: true }).click();
  await expect(desk.getByText("Account unlocked")).toBeVisible();
  await signIn(page, person);
});

test("the audit log tells it all, and its file is proved without Parley until a word of it is changed", async () => {
  await desk.getByRole("link", { name: "Audit log", exact: true }).click();
  const rows = desk.getByRole("row");
  for (const action of ["user.lock", "user.unlock", "access_request.approve", "admin.create"])
    await expect(rows.filter({ has: desk.getByRole("rowheader", { name: action }) }).first()).toBeVisible();
  await desk.getByLabel("Action").fill("user.lock");
  await desk.getByRole("button", { name: "Apply" }).click();
  await expect(rows).toHaveCount(2);
  await expect(rows.last()).toContainText(OPERATOR.email);
  await desk.getByRole("link", { name: "Clear" }).click();
  await expect(desk).toHaveURL(/\/admin\/audit-logs$/);
  const [download] = await Promise.all([
    desk.waitForEvent("download"),
    desk.getByRole("link", { name: "Download CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^parley-audit-\d{4}-\d\d-\d\d\.csv$/);
  const file = test.info().outputPath("audit.csv");
  await download.saveAs(file);
  const text = await readFile(file, "utf8");
  expect(text).toContain("access_request.approve");
  expect(await verify(file)).toMatch(/chains hold, \d+ rows/);
  await writeFile(file, text.replace(REASON, "Reported once for spam"));
  await expect(verify(file)).rejects.toThrow();
});

test("support looks into a workspace while its owner allows it, and not before or after", async ({
  page,
}) => {
  await signIn(page, person);
  const slug = new URL(page.url()).pathname.split("/")[2];
  const statusAtDesk = async () => (await desk.goto(`/t/${slug}/support-access`))?.status();
  expect(await statusAtDesk()).toBe(404);
  await desk.goto("/admin/tenants");
  await desk.getByLabel("Search").fill(person.workspace);
  await desk.getByRole("button", { name: "Apply" }).click();
  await desk.getByRole("link", { name: person.workspace }).click();
  await desk.getByRole("button", { name: "Ask for access" }).click();
  await expect(desk.getByLabel("Reason")).toHaveAttribute("aria-invalid", "true");
  await desk.getByLabel("Reason").fill(REASON);
  await expectNoFaultsOnBoth(desk, "a workspace with a question");
  await desk.getByRole("button", { name: "Ask for access" }).click();
  await expect(desk.getByText("Asked: the workspace's admins have a mail")).toBeVisible();

  const question = { subject: /Support asks/, link: /\/support-access/ };
  await page.goto(await linkOfMail(page, person.email, question));
  await expect(page.getByText(REASON)).toBeVisible();
  await expectNoFaultsOnBoth(page, "a request for support access");
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("region", { name: "Support access" })).toContainText("read-only");
  expect(await statusAtDesk()).toBe(200);
  await expect(desk.getByRole("region", { name: "Support access" })).toContainText("You look in as support");
  await expectNoFaultsOnBoth(desk, "a workspace under a grant");

  await page.getByRole("button", { name: /^End access/ }).click();
  await expect(page.getByText("The access has ended")).toBeVisible();
  expect(await statusAtDesk()).toBe(404);
  await page.goto(`/t/${slug}/audit`);
  await expect(page.getByText("granted support access").first()).toBeVisible();
});

test("an operator of billing adds to a reserve with a reason, has the books recomputed, and publishes a price", async () => {
  await desk.goto("/admin/users");
  await desk.getByRole("link", { name: "Billing", exact: true }).click();
  await desk.getByRole("button", { name: "Recompute now" }).click();
  await expect(async () => {
    await desk.goto("/admin/billing");
    await expect(desk.getByText(/Everything agreed/)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await desk.getByLabel("Search").fill(person.workspace);
  await desk.getByRole("button", { name: "Apply" }).click();
  await desk.getByRole("link", { name: person.workspace }).click();
  await desk.getByRole("link", { name: "Adjust the reserve" }).click();
  await desk.getByLabel(/^Amount/).fill("12,50");
  await desk.getByLabel("Reason").fill(REASON);
  await desk.getByRole("button", { name: "Adjust the reserve" }).click();
  await expect(desk.getByLabel(/^Amount/)).toHaveAttribute("aria-invalid", "true");
  await expectNoFaultsOnBoth(desk, "an adjustment with errors");
  await desk.getByLabel(/^Amount/).fill("12.345");
  await desk.getByRole("button", { name: "Adjust the reserve" }).click();
  await expect(desk.getByText("$12.34").first()).toBeVisible();
  await expectNoFaultsOnBoth(desk, "the reserve of a workspace");

  await desk.goto("/admin/billing/rates/standard");
  await desk.getByRole("button", { name: "Draft the next version" }).click();
  await desk.getByLabel("price, line 1", { exact: true }).fill("0.0000000000000000001");
  await desk.getByRole("button", { name: "Save the draft" }).click();
  await expect(desk.getByLabel("price, line 1", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await desk.getByLabel("price, line 1", { exact: true }).fill("99.5");
  await expectNoFaultsOnBoth(desk, "a draft of prices");
  await desk.getByRole("button", { name: "Save the draft" }).click();
  await desk.getByRole("link", { name: "Look at it again and publish" }).click();
  await expect(desk.getByText(/99\.5 USD/)).toBeVisible();
  await desk.getByLabel("Reason").fill(REASON);
  await expectNoFaultsOnBoth(desk, "prices before they are published");
  await desk.getByRole("button", { name: "Publish" }).click();
  await expect(desk.getByText("To come", { exact: true })).toBeVisible();
});

test("no page of billing has a fault that axe can see", async () => {
  for (const path of BILLING_PAGES) {
    await desk.goto(path);
    await expectNoFaultsOnBoth(desk, path);
  }
});

test("an event of Stripe's shows what became of it, with no fault that axe can see", async () => {
  // Prices were made at the simulated Stripe when this copy was started; it tells of them until it is heard.
  await expect(async () => {
    await desk.goto("/admin/billing/events?type=price.created");
    await desk.getByRole("link", { name: "price.created", exact: true }).first().click({ timeout: 2_000 });
  }).toPass();
  await expect(desk).toHaveURL(/\/events\/evt_/);
  await expect(desk.getByRole("region", { name: "What became of it" })).toBeVisible();
  await expectNoFaultsOnBoth(desk, "an event of Stripe's");
});

test("no page of an operator has a fault that axe can see", async () => {
  await desk.goto(`/admin/users?search=${encodeURIComponent(person.email)}`);
  await desk.getByRole("link", { name: person.name }).click();
  await expect(desk.getByRole("heading", { level: 1, name: person.name })).toBeVisible();
  await expectNoFaultsOnBoth(desk, "a person without a question");
  for (const path of PAGES) {
    await desk.goto(path);
    await expectNoFaultsOnBoth(desk, path);
  }
});

async function passPassword(page: Page, next: RegExp): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Email").fill(OPERATOR.email);
  await page.getByLabel("Password", { exact: true }).fill(OPERATOR.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(next);
}

async function verify(file: string): Promise<string> {
  const { stdout } = await run("npm", ["run", "--silent", "audit:verify", "--", file]);
  return stdout;
}
