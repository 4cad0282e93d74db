// People of the journeys: registered and verified through the pages and the development mailbox, each with a new address.

import { randomBytes } from "node:crypto";
import { expect, type Page } from "@playwright/test";

export interface NewPerson {
  name: string;
  workspace: string;
  email: string;
  password: string;
}

export const REGISTERED_TEXT = "Registration almost done — check your email. The link is valid for 24 hours.";

/** Somebody nobody has met: random address and password. */
export function newPerson(name = "Ada Example"): NewPerson {
  const tag = randomBytes(5).toString("hex");
  return {
    name,
    workspace: `Works ${tag}`,
    email: `${tag}@example.test`,
    password: `${randomBytes(15).toString("base64url")}-aA1`,
  };
}

/** Fills in and sends the registration form, which an invite's link may lead to; the invite leaves the address. */
export async function register(page: Page, person: NewPerson, path = "/register"): Promise<void> {
  await page.goto(path);
  await expect(page).toHaveURL(/\/register$/);
  await page.getByLabel("Your name").fill(person.name);
  await page.getByLabel(/^Workspace/).fill(person.workspace);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText(REGISTERED_TEXT)).toBeVisible();
}

/** The link that confirms this person's address, from the newest mail. */
export async function mailedLink(page: Page, person: NewPerson): Promise<string> {
  return linkOfMail(page, person.email, { subject: /confirm|email/i, link: /\/verify-email\?token=/ });
}

/** A link of the newest mail with this subject, as a path; the mail may still be on its way. */
export async function linkOfMail(
  page: Page,
  to: string,
  { subject, link }: Record<"subject" | "link", RegExp>,
): Promise<string> {
  await expect(async () => {
    await page.goto(`/dev/mail?to=${encodeURIComponent(to)}`);
    const mails = page.getByRole("main").getByRole("link", { name: subject });
    await mails.first().click({ timeout: 2_000 });
  }).toPass();
  const { pathname, search } = new URL(
    (await page.getByRole("link", { name: link }).getAttribute("href")) ?? "",
  );
  return pathname + search;
}

/** Registers somebody, by an invite's link if there is one, and confirms their address: they can sign in afterwards. */
export async function join(
  page: Page,
  person: NewPerson = newPerson(),
  { scripts = true, path = "/register" } = {},
): Promise<NewPerson> {
  await register(page, person, path);
  await page.goto(await mailedLink(page, person));
  // Scripts send the form by themselves, and leave for the sign-in after a moment.
  if (!scripts) {
    await expect(page).toHaveURL(/\/verify-email$/);
    await page.getByRole("button", { name: "Confirm my email" }).click();
  }
  const confirmed = page.getByRole("heading", { name: "Email confirmed" });
  await expect(confirmed.or(page.getByRole("heading", { name: "Sign in" }))).toBeVisible();
  return person;
}

/** Signs in on the sign-in page. */
export async function signIn(page: Page, person: Pick<NewPerson, "email" | "password">): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/\/t\/[^/]+/);
}
