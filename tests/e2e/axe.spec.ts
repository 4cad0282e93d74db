// No page has a fault that axe can see, in both themes, on a desk and on a phone.

import { expect, type Page } from "@playwright/test";
import { COLOR_SCHEMES, checkPage, expectNoFaults, VIEWPORTS } from "./faults";
import { mailedLink, newPerson, register, signIn } from "./people";
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
  "/logout",
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
  "/2fa/setup",
];
const TENANT_PAGES = ["", "/chat", "/chat/archived", "/agents", "/nowhere"];

for (const [device, viewport] of Object.entries(VIEWPORTS)) {
  for (const colorScheme of COLOR_SCHEMES) {
    test.describe(`${device}, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme });

      test("public pages and their errors", async ({ page }) => {
        for (const path of PUBLIC_PAGES) await checkPage(page, path);
        await page.goto("/register");
        await page.getByRole("button", { name: "Create account" }).click();
        await expect(page.locator('[aria-invalid="true"]').first()).toBeFocused();
        await expectNoFaults(page, "/register with errors");
      });

      test("pages of a signed-in person", async ({ page }) => {
        test.slow();
        const home = await signUp(page);
        for (const path of ACCOUNT_PAGES) await checkPage(page, path);
        for (const path of TENANT_PAGES) await checkPage(page, home + path);
        await ask(page, `${home}/chat`);
        await expectNoFaults(page, "a conversation with an answer");
        await page.goto(home);
        if (device === "phone") await page.getByRole("button", { name: "Side bar" }).click();
        await page.getByRole("button", { name: /^Your account/ }).click();
        await expectNoFaults(page, "the side bar and the account menu");
      });
    });
  }
}

async function signUp(page: Page): Promise<string> {
  const person = newPerson("Zoë Nguyễn-Østergaard van der Woude");
  await register(page, person);
  await page.goto(await mailedLink(page, person));
  await page.waitForURL(/\/login/);
  await signIn(page, person);
  return new URL(page.url()).pathname;
}

async function ask(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Message", { exact: true }).fill("What is 19.99 * 3?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.locator('article[data-role="assistant"]')).toContainText("59.97", { timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible({ timeout: 60_000 });
}
