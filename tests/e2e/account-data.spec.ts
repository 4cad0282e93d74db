// One's own account: profile, picture, a copy of the data, leaving and coming back.

import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { unzipSync } from "fflate";
import { join, linkOfMail, type NewPerson, signIn } from "./people";
import { test } from "./watched";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

test("names, zone and clock are kept, and times follow them", async ({ page }) => {
  await signedIn(page);
  await page.goto("/account/profile");
  await page.getByLabel("Display name").fill("Ada King, Countess of Lovelace");
  await page.getByLabel("Time zone").selectOption("Pacific/Kiritimati");
  await page.getByLabel("Dates and numbers").selectOption("de-DE");
  await page.getByLabel("Clock").selectOption("24");
  await page.getByRole("button", { name: "Save profile" }).click();
  await expect(page.getByText("Profile saved")).toBeVisible();
  await expect(page.getByRole("button", { name: /Ada King/ })).toBeVisible();
  const told = new Intl.DateTimeFormat("de-DE", { dateStyle: "medium", timeZone: "Pacific/Kiritimati" });
  await expect(page.getByText(`Last signed in ${told.format(new Date())}`)).toBeVisible();
  await page.getByLabel("Display name").fill("");
  await page.getByRole("button", { name: "Save profile" }).click();
  await expect(page.getByLabel("Display name")).toHaveAttribute("aria-invalid", "true");
});

test("a picture is shown in place of the initials, and what is no picture is refused at its field", async ({
  page,
}) => {
  await signedIn(page);
  await page.goto("/account/profile");
  const picture = { name: "me.png", mimeType: "image/png" };
  await page.getByLabel("Picture").setInputFiles({ ...picture, buffer: Buffer.from(PIXEL, "base64") });
  await expect(page.getByText("Picture saved")).toBeVisible();
  const image = page.locator('main img[src^="/account/avatar?v="]');
  await expect(image).toHaveJSProperty("complete", true);
  const shown = await page.request.get((await image.getAttribute("src")) ?? "");
  expect(shown.headers()).toMatchObject({
    "x-content-type-options": "nosniff",
    "cache-control": expect.stringContaining("private"),
  });
  await page
    .getByLabel("Picture")
    .setInputFiles({ ...picture, buffer: Buffer.from("<svg onload=alert(1)>") });
  await expect(page.getByText("Choose a PNG, JPEG or WebP picture.")).toBeVisible();
  await page.getByRole("button", { name: "Remove picture" }).click();
  await expect(page.getByText("Picture removed")).toBeVisible();
  await expect(image).toHaveCount(0);
});

test("a copy of the data is prepared, downloaded, and is nobody else's", async ({ page, browser }) => {
  const person = await signedIn(page);
  await page.goto("/account/data");
  await page.getByRole("button", { name: "Prepare a copy" }).click();
  const link = page.getByRole("link", { name: "Download" });
  await expect(link).toBeVisible({ timeout: 20_000 });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const files = unzipSync(new Uint8Array(await readFile(await download.path())));
  expect(Buffer.from(files["auth/users.json"] ?? []).toString()).toContain(person.email);
  const address = (await link.getAttribute("href")) ?? "";
  const stranger = await (await browser.newContext()).newPage();
  await signedIn(stranger);
  expect((await stranger.request.get(address)).status()).toBe(404);
  await stranger.context().close();
});

test("leaving closes the account; the mail's link brings it back, and showing its page does not", async ({
  page,
}) => {
  const person = await signedIn(page);
  await page.goto("/account/data");
  await page.getByRole("link", { name: "Delete my account" }).click();
  await page.getByLabel("Type your email address").fill("somebody@else.example");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByText("Enter the email address of this account.")).toBeVisible();
  await page.getByLabel("Type your email address").fill(person.email);
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page).toHaveURL(/\/login/);
  await tryToSignIn(page, person);
  await expect(page.getByText(/This account will be deleted on/)).toBeVisible();
  const link = await linkOfMail(page, person.email, {
    subject: /will be deleted/,
    link: /\/keep-account\?token=/,
  });
  await page.goto(link);
  await page.goto(link);
  await page.getByRole("button", { name: "Keep my account" }).click();
  await expect(page.getByText("Your account stays. You can sign in again.")).toBeVisible();
  await signIn(page, person);
  await page.goto(link);
  await page.getByRole("button", { name: "Keep my account" }).click();
  await expect(page.getByRole("alert")).toContainText("This link is not valid.");
});

test("sessions can be limited to the workspace they were last used in", async ({ page }) => {
  const person = await signedIn(page);
  await page.goto("/account/sessions");
  await page.getByLabel("Last used in").selectOption({ label: person.workspace });
  await expect(page).toHaveURL(/tenant=[0-9a-f-]{36}/);
  await expect(page.getByRole("row").filter({ hasText: "Current device" })).toBeVisible();
});

async function signedIn(page: Page): Promise<NewPerson> {
  const person = await join(page);
  await signIn(page, person);
  return person;
}

async function tryToSignIn(page: Page, person: NewPerson): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
