// No page has a fault that axe can see, in both themes, on a desk and on a phone.

import { expect, type Page } from "@playwright/test";
import { checkPage, expectNoFaults, expectNoFaultsAnywhere, expectNoFaultsInDialog, wear } from "./faults";
import { join, newPerson, signIn } from "./people";
import { test } from "./watched";

const PUBLIC_PAGES = [
  "/",
  "/login",
  "/login?verified=1",
  "/register",
  "/verify-email",
  "/forgot-password",
  "/reset-password",
  "/reset-password?token=not-a-real-one",
  "/change-email/confirm?token=not-a-real-one",
  "/change-email/cancel?token=not-a-real-one",
  "/invite?token=not-a-real-one",
  "/keep-account?token=not-a-real-one",
  "/logout",
  "/dev/mail?to=nobody@example.test",
  "/nowhere",
];
const ACCOUNT_PAGES = [
  "/account/profile",
  "/account/security",
  "/account/confirm",
  "/account/sessions",
  "/account/sessions?confirm=everywhere",
  "/account/data",
  "/account/automation",
  "/account/automation/issue",
  "/account/automation/accounts",
  "/account/workspaces",
  "/2fa/setup",
];
const TENANT_PAGES = [
  "",
  "/chat",
  "/chat/archived",
  "/agents",
  "/members",
  "/billing",
  "/billing/plan",
  "/billing/plan?plan=pro&interval=year",
  "/billing/invoices",
  "/billing/usage",
  "/billing/events",
  "/limits",
  "/audit",
  "/settings",
  "/nowhere",
];

const TIMEOUT_MS = 600_000;

test("public pages and their errors", async ({ page }) => {
  test.setTimeout(TIMEOUT_MS);
  for (const path of PUBLIC_PAGES) await checkPage(page, path);
  await page.goto("/register");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.locator('[aria-invalid="true"]').first()).toBeFocused();
  await expectNoFaultsAnywhere(page, "/register with errors");
});

test("pages of a signed-in person", async ({ page }) => {
  test.setTimeout(TIMEOUT_MS);
  const home = await signUp(page);
  for (const path of ACCOUNT_PAGES) await checkPage(page, path);
  for (const path of TENANT_PAGES) await checkPage(page, home + path);
  await checkPage(page, "/dev/mail");
  await page.getByRole("main").getByRole("link").first().click();
  await expect(page.getByTitle("The mail as HTML")).toBeVisible();
  await expectNoFaultsAnywhere(page, "/dev/mail/:mailId");
  await ask(page, `${home}/chat`);
  await expectNoFaultsAnywhere(page, "a conversation with an answer");
});

for (const look of [
  { device: "desk", colorScheme: "light" },
  { device: "phone", colorScheme: "dark" },
] as const) {
  test(`what opens over a page, ${look.device}, ${look.colorScheme}`, async ({ page }) => {
    test.setTimeout(TIMEOUT_MS);
    await wear(page, look);
    const home = await signUp(page);
    await ask(page, `${home}/chat`);
    await lookAtOverlays(page);
    await page.goto(home);
    if (look.device === "phone") await page.getByRole("button", { name: "Side bar" }).click();
    await page.getByRole("button", { name: /^Your account/ }).click();
    await expectNoFaults(page, "the side bar and the account menu");
  });
}

async function signUp(page: Page): Promise<string> {
  const person = await join(page, newPerson("Zoë Nguyễn-Østergaard van der Woude"));
  await signIn(page, person);
  return new URL(page.url()).pathname;
}

/** What opens over a conversation, and the message that its search leads to. */
async function lookAtOverlays(page: Page): Promise<void> {
  await page
    .getByRole("banner")
    .getByRole("button", { name: /^More for/ })
    .click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectNoFaultsInDialog(page, "the menu of a conversation");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toBeHidden();
  await page.keyboard.press("Control+Slash");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await expectNoFaultsInDialog(page, "the help sheet");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Command palette" });
  await expect(palette).toBeVisible();
  await expectNoFaultsInDialog(page, "the command palette");
  await palette.getByRole("option", { name: "Search all chats" }).click();
  await page.getByRole("dialog", { name: "Search chats" }).getByRole("combobox").fill("59");
  await expect(page.getByRole("option").locator("mark").first()).toHaveText("59");
  await expectNoFaultsInDialog(page, "the search with a result");
  await page.getByRole("option").first().click();
  await expect(page).toHaveURL(/\?message=[\w-]{36}$/);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expectNoFaults(page, "a conversation at a message");
}

async function ask(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Message", { exact: true }).fill("What is 19.99 * 3?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.locator('article[data-role="assistant"]')).toContainText("59.97", { timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible({ timeout: 60_000 });
}
