// Around the chat: confirming an address, sessions, workspaces, the theme.

import { type Browser, expect, type Page } from "@playwright/test";
import { join, mailedLink, type NewPerson, newPerson, register, signIn } from "./people";
import { test } from "./watched";

test("an unconfirmed person reaches confirming, resending and signing out, nothing else", async ({
  page,
}) => {
  const person = newPerson();
  await register(page, person);
  await page.goto("/login");
  await fillSignIn(page, person);
  await expect(page).toHaveURL(/\/verify-email$/);
  await expect(page.getByRole("main")).toContainText(
    "You must confirm your registration first. We've sent you an email.",
  );
  for (const path of ["/account/profile", "/account/sessions", "/t/anything"]) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/verify-email$/);
  }
  await page.getByRole("button", { name: "Send a new link" }).click();
  await expect(page.getByText("If that email still needs confirming, we've sent a new link.")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login$/);
});

test("a link from the mail confirms once, and leads to the sign-in", async ({ page }) => {
  const person = newPerson();
  await register(page, person);
  const link = await mailedLink(page, person);
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Email confirmed" })).toBeVisible();
  await expect(page).toHaveURL(/\/login\?verified=1$/);
  await expect(page.getByText("Your email is confirmed. You can sign in now.")).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("alert")).toBeVisible();
});

test("confirmed in another browser, the page that waits leads to the sign-in", async ({ page, browser }) => {
  const { person, link } = await signInUnconfirmed(page);
  const phone = await (await browser.newContext()).newPage();
  await phone.goto(link);
  await expect(phone.getByRole("heading", { name: "Email confirmed" })).toBeVisible();
  await page.getByRole("button", { name: "Send a new link" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await fillSignIn(page, person);
  await page.waitForURL(/\/t\//);
  await phone.context().close();
});

test("a browser that is signed in when it confirms stays signed in", async ({ page }) => {
  const { link } = await signInUnconfirmed(page);
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Email confirmed" })).toBeVisible();
  await page.waitForURL(/\/t\//);
});

test("visitors come back to the page they asked for, and never to another site", async ({ page }) => {
  const person = await join(page);
  await page.goto("/account/sessions");
  await expect(page).toHaveURL(/\/login\?redirectTo=%2Faccount%2Fsessions$/);
  await fillSignIn(page, person);
  await expect(page).toHaveURL(/\/account\/sessions$/);
  await page.goto("/logout");
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await page.goto("/login?redirectTo=https://evil.example/");
  await fillSignIn(page, person);
  await expect(page).toHaveURL(/localhost:\d+\/t\//);
});

test("one session can be ended, then all of them, with their count", async ({ page, browser }) => {
  const person = await join(page);
  const other = await otherBrowser(browser, person);
  await signIn(page, person);
  await page.goto("/account/sessions");
  const current = page.getByRole("row").filter({ hasText: "Current device" });
  await expect(current.getByRole("button")).toBeDisabled();
  await page.getByRole("button", { name: /^Revoke/, disabled: false }).click();
  await expect(page.getByText("Session revoked")).toBeVisible();
  await other.goto("/account/profile");
  await expect(other).toHaveURL(/\/login/);
  await page.getByRole("link", { name: "Sign out everywhere" }).click();
  await expect(page.getByRole("button", { name: "Sign out everywhere" })).toBeFocused();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page.getByText("Signed out of 1 sessions")).toBeVisible();
  await other.context().close();
});

test("the chosen theme is in the HTML of the next page, also of one that does not exist", async ({
  page,
}) => {
  await page.goto("/login");
  await page.getByRole("button", { name: "Dark theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  for (const path of ["/register", "/nowhere"]) {
    const html = await (await page.request.get(path)).text();
    expect(html).toMatch(/<html[^>]*data-theme="dark"/);
  }
});

test("a new workspace is entered at once, and `/` leads back to it", async ({ page }) => {
  const person = await join(page);
  await signIn(page, person);
  await page.goto("/account/profile");
  await page.getByLabel("New workspace").fill("Northwind Trading");
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page).toHaveURL(/\/t\/northwind-trading/);
  await page.goto("/");
  await expect(page).toHaveURL(/\/t\/northwind-trading/);
  await page.getByRole("button", { name: /^Workspace/ }).click();
  await page.getByRole("link", { name: person.workspace }).click();
  await expect(page).toHaveURL(/\/t\/works-/);
});

async function otherBrowser(browser: Browser, person: NewPerson): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, person);
  return page;
}

async function fillSignIn(page: Page, person: NewPerson): Promise<void> {
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Somebody who is signed in and has yet to open the link that confirms their address. */
async function signInUnconfirmed(page: Page): Promise<{ person: NewPerson; link: string }> {
  const person = newPerson();
  await register(page, person);
  const link = await mailedLink(page, person);
  await page.goto("/login");
  await fillSignIn(page, person);
  await expect(page).toHaveURL(/\/verify-email$/);
  return { person, link };
}
