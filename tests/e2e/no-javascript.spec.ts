// Forms without JavaScript: everything page-shaped works as plain HTML.

import { expect } from "@playwright/test";
import { join, newPerson, signIn } from "./people";
import { test } from "./watched";

test.use({ javaScriptEnabled: false });

test("register, confirm, sign in, ask, read the answer and sign out as plain forms", async ({ page }) => {
  const person = await join(page, newPerson("Plain Person"), { scripts: false });
  await signIn(page, person);
  await page.goto(`${new URL(page.url()).pathname}/chat`);
  await page.getByLabel("Message", { exact: true }).fill("What is 7 * 6?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}$/);
  await expect(async () => {
    await page.reload();
    await expect(page.locator('article[data-role="assistant"]')).toContainText("42", { timeout: 1_000 });
  }).toPass();
  await page.goto("/logout");
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login/);
});

test("a form that was refused keeps what was typed and says why at its field", async ({ page }) => {
  await page.goto("/register");
  await page.getByLabel("Your name").fill("Plain Person");
  await page.getByLabel("Email").fill("plain@example.test");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Email")).toHaveValue("plain@example.test");
  const password = page.getByLabel("Password", { exact: true });
  await expect(password).toHaveAttribute("aria-invalid", "true");
  await expect(password).toHaveValue("");
});

test("subscribe, move to a larger plan and top up as plain forms, on Stripe's pages and back", async ({
  page,
}) => {
  const person = await join(page, newPerson("Plain Payer"), { scripts: false });
  await signIn(page, person);
  const billing = `${new URL(page.url()).pathname}/billing`;
  const payBy = async (button: string, name: string) => {
    await page.getByRole("button", { name: button, exact: true }).click();
    await page.waitForURL(/\/checkout\//);
    await page.getByRole("button", { name }).click();
    await page.waitForURL(new RegExp(billing));
  };
  // Nothing is told to a page without scripts: it is read again.
  const expectSoon = (path: string, text: string) =>
    expect(async () => {
      await page.goto(path);
      await expect(page.getByRole("main")).toContainText(text, { timeout: 1_000 });
    }).toPass();

  await page.goto(`${billing}/plan`);
  await page.getByLabel("Plan", { exact: true }).selectOption("starter");
  await page.getByRole("button", { name: "See what it costs" }).click();
  await payBy("Continue to payment", "Subscribe");
  await expectSoon(`${billing}/plan`, "Subscription: Starter");
  await page.goto(`${billing}/plan?plan=pro&interval=month`);
  await page.getByRole("button", { name: "Change the subscription" }).click();
  await expectSoon(`${billing}/plan`, "Subscription: Pro");
  await page.goto(billing);
  await page.getByLabel("Top up by, in dollars").fill("7.50");
  await payBy("Top up", "Pay");
  await expectSoon(billing, "+$7.50");
});
