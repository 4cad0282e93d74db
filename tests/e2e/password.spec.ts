// A password that is forgotten, a password and an address that are changed: as their owner goes through it, mail by mail.

import { once } from "node:events";
import { get } from "node:http";
import { type Browser, expect, type Page } from "@playwright/test";
import { join, type NewPerson, newPerson, signIn } from "./people";
import { test } from "./watched";

const RESET_REQUESTED = "If that email is registered, we've sent password reset instructions.";
const PASSWORD_CHANGED = "Password updated. Other sessions were signed out.";

async function otherBrowser(browser: Browser, person: NewPerson): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, person);
  return page;
}

/** Path and query of the link to this page in the newest mail to an address with this subject. */
async function linkIn(page: Page, { to, subject, path }: { to: string; subject: string; path: string }) {
  await expect(async () => {
    await page.goto(`/dev/mail?to=${encodeURIComponent(to)}`);
    await page.getByRole("main").getByRole("link", { name: subject }).first().click({ timeout: 1_000 });
  }).toPass();
  const link = page.getByRole("main").getByRole("link", { name: `${path}?token=` });
  const { pathname, search } = new URL((await link.getAttribute("href")) ?? "");
  return pathname + search;
}

const resetLink = (page: Page, to: string) =>
  linkIn(page, { to, subject: "Set a new password for Parley", path: "/reset-password" });

async function forget(page: Page, email: string): Promise<void> {
  await page.goto("/login");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  // The page before it asks for an address too.
  await expect(page).toHaveURL(/\/forgot-password$/);
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText(RESET_REQUESTED)).toBeVisible();
}

async function setPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Set password" }).click();
}

/** One request with the page's cookies from another network: the session goes on, no longer freshly proven. */
async function moveNetwork(page: Page): Promise<void> {
  const cookies = await page.context().cookies();
  const headers = {
    cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
    "user-agent": await page.evaluate(() => navigator.userAgent),
  };
  const { port } = new URL(page.url());
  const options = { host: "127.0.0.1", port, path: "/account/profile", localAddress: "127.9.9.9", headers };
  const [answer] = await once(get({ ...options, agent: false }), "response");
  answer.resume();
  expect(answer.statusCode).toBe(200);
}

test("a forgotten password: mail, new password, the old session is gone, the link works once", async ({
  page,
  browser,
}) => {
  const person = await join(page);
  const old = await otherBrowser(browser, person);
  await forget(page, person.email);
  const link = await resetLink(page, person.email);
  await page.goto(link);
  await expect(page).toHaveURL(/\/reset-password$/);
  await setPassword(page, "Password12345678");
  await expect(page.getByLabel("New password")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/list of common or leaked passwords/)).toBeVisible();
  const { password } = newPerson();
  await setPassword(page, password);
  await expect(page).toHaveURL(/\/login$/);
  await expect(page.getByText("Your new password is set. Sign in with it.")).toBeVisible();
  await old.goto("/account/profile");
  await expect(old).toHaveURL(/\/login/);
  await old.context().close();
  await signIn(page, { ...person, password });

  await page.goto(link);
  await setPassword(page, newPerson().password);
  await expect(page.getByRole("alert")).toContainText("This link has already been used.");
  await expect(page.getByRole("link", { name: "Have a new link sent" })).toBeVisible();
});

test("an unknown address is answered alike, and gets no mail", async ({ page }) => {
  const { email } = newPerson();
  await forget(page, email);
  await page.goto(`/dev/mail?to=${encodeURIComponent(email)}`);
  await expect(page.getByText("No mail yet")).toBeVisible();
});

test("changing the password asks for the current one, keeps this session and ends the others", async ({
  page,
  browser,
}) => {
  const person = await join(page);
  const other = await otherBrowser(browser, person);
  await signIn(page, person);
  await page.goto("/account/security");
  const { password } = newPerson();
  const change = async (currentPassword: string) => {
    await page.getByLabel("Current password").fill(currentPassword);
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await change(newPerson().password);
  await expect(page.getByLabel("Current password")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("New password")).toHaveValue(password);
  await change(person.password);
  await expect(page.getByText(PASSWORD_CHANGED)).toBeVisible();
  await expect(page.getByLabel("Current password")).toHaveValue("");
  await other.goto("/account/profile");
  await expect(other).toHaveURL(/\/login/);
  await signIn(other, { ...person, password });
  await other.context().close();
});

test("another address: asked for the password again, confirmed there, signed in with, and undone", async ({
  page,
}) => {
  const person = await join(page);
  await signIn(page, person);
  const { email: newEmail } = newPerson();
  await moveNetwork(page);
  await page.goto("/account/security");
  await page.getByLabel("New email").fill(newEmail);
  await page.getByRole("button", { name: "Change email" }).click();
  await expect(page).toHaveURL(/\/account\/confirm\?redirectTo=/);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page).toHaveURL(/\/account\/security/);
  await expect(page.getByLabel("New email")).toHaveValue(newEmail);
  await page.getByRole("button", { name: "Change email" }).click();
  await expect(page.getByText("We've sent a link to that address.")).toBeVisible();

  const confirm = {
    to: newEmail,
    subject: "Confirm your new email for Parley",
    path: "/change-email/confirm",
  };
  const link = await linkIn(page, confirm);
  await page.goto(link);
  await page.getByRole("button", { name: "Confirm the new email" }).click();
  await expect(page.getByText("Your new email is confirmed.")).toBeVisible();
  await page.getByRole("link", { name: "Go to your account" }).click();
  await expect(page.getByRole("main")).toContainText(newEmail);
  await page.goto(link);
  await page.getByRole("button", { name: "Confirm the new email" }).click();
  await expect(page.getByRole("alert")).toContainText("This link has already been used.");
  await expect(page.getByRole("button", { name: "Confirm the new email" })).toHaveCount(0);
  await page.context().clearCookies();
  await signIn(page, { ...person, email: newEmail });

  const notice = {
    to: person.email,
    subject: "Your Parley email is about to change",
    path: "/change-email/cancel",
  };
  await page.goto(await linkIn(page, notice));
  await page.getByRole("button", { name: "Undo the change" }).click();
  await expect(page.getByText("The change of your email is undone.")).toBeVisible();
  await page.goto("/account/profile");
  await expect(page).toHaveURL(/\/login/);
  await signIn(page, person);
});

test.describe("as plain forms", () => {
  test.use({ javaScriptEnabled: false });

  test("a forgotten password is asked for and set anew", async ({ page }) => {
    const person = await join(page, newPerson(), { scripts: false });
    await forget(page, person.email);
    await page.goto(await resetLink(page, person.email));
    await setPassword(page, "too short");
    await expect(page.getByText("Use at least 14 characters.")).toBeVisible();
    const { password } = newPerson();
    await setPassword(page, password);
    await expect(page).toHaveURL(/\/login$/);
    await expect(page.getByText("Your new password is set. Sign in with it.")).toBeVisible();
    await signIn(page, { ...person, password });
  });
});
