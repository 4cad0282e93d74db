// The second factor from the QR code on the page to turning it off again, as a person with an authenticator app.

import { expect, type Page } from "@playwright/test";
import { TOTP } from "otpauth";
import { codesOf, readQr } from "./authenticator";
import { join, type NewPerson, newPerson, signIn } from "./people";
import { test } from "./watched";

async function passPassword(page: Page, person: NewPerson): Promise<void> {
  await page.goto("/logout");
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/login/);
  await page.goto("/login?redirectTo=%2Faccount%2Fsessions");
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/\/2fa\/verify/);
}

async function enter(page: Page, code: string): Promise<void> {
  await page.getByLabel(/code$/).fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("enrol by the QR code, sign in with a code once, recover, and turn it off", async ({ page }) => {
  const person = await join(page);
  await signIn(page, person);
  await page.goto("/account/security");
  await page.getByRole("link", { name: "Set up" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Set up two-factor authentication");
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Continue" }).click();
  const totp = await readQr(page);
  const manual = (await page.getByTestId("manual-code").innerText()).replaceAll(/\s/g, "");
  expect(totp.secret.base32).toBe(manual);
  const nextCode = codesOf(totp);
  await page.getByLabel("Security code").fill("000000");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("Invalid security code.")).toBeVisible();
  await page.getByLabel("Security code").fill(await nextCode());
  await page.getByRole("button", { name: "Turn on" }).click();
  const list = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(list).toHaveCount(10);
  const codes = await list.allInnerTexts();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download codes" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("parley-recovery-codes.txt");

  await passPassword(page, person);
  const used = await nextCode();
  await enter(page, used);
  await page.waitForURL(/\/account\/sessions/);

  await passPassword(page, person);
  await enter(page, used);
  await expect(page.getByText("Invalid security code.")).toBeVisible();
  await page.getByRole("link", { name: "Use a recovery code instead" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Use a recovery code" })).toBeVisible();
  await enter(page, codes[0] ?? "");
  await page.waitForURL(/\/account\/sessions/);

  await page.goto("/account/security");
  await expect(page.getByText("9 of 10 recovery codes are left.")).toBeVisible();
  await page.getByRole("link", { name: "Turn off" }).click();
  // A section of the page is called the same.
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(person.password);
  await page.getByLabel("Security code").fill(await nextCode());
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("link", { name: "Set up" })).toBeVisible();
});

test.describe("as plain forms", () => {
  test.use({ javaScriptEnabled: false });

  test("set up and sign in by the code that is typed", async ({ page }) => {
    const person = await join(page, newPerson(), { scripts: false });
    await signIn(page, person);
    await page.goto("/2fa/setup");
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Continue" }).click();
    const secret = (await page.getByTestId("manual-code").innerText()).replaceAll(/\s/g, "");
    const nextCode = codesOf(new TOTP({ secret }));
    await page.getByLabel("Security code").fill(await nextCode());
    await page.getByRole("button", { name: "Turn on" }).click();
    await expect(page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem")).toHaveCount(10);
    await passPassword(page, person);
    await enter(page, await nextCode());
    await page.waitForURL(/\/account\/sessions/);
  });
});
