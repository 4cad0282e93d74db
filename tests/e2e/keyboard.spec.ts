// A person without a mouse: from the sign-in through questions, branches, the search and menus to an exported file.

import { readFile } from "node:fs/promises";
import { expect, type Locator, type Page } from "@playwright/test";
import { join, type NewPerson, newPerson } from "./people";
import { test } from "./watched";

const TABS_MAX = 80;

test("sign in, ask, edit, go back to the first version, search, rename and export by keyboard alone", async ({
  page,
}) => {
  const person = await join(page, newPerson("Kay Board"));
  await signInByKeyboard(page, person);
  await press(page, page.getByRole("link", { name: "Chat", exact: true }));
  await askTwice(page);

  await press(page, page.getByRole("button", { name: "Previous version" }), "Shift+Tab");
  await expect(page.locator("[data-role=assistant]")).toContainText("57");
  await search(page, "57");
  await rename(page, "Exact sums");
  expect(await exportAsMarkdown(page, "Exact sums")).toContain("What is 19 * 3?");

  await press(page, page.getByRole("button", { name: /^Your account/ }));
  await press(page, page.getByRole("link", { name: "Sessions", exact: true }));
  await expect(page).toHaveURL(/\/account\/sessions/);
});

async function signInByKeyboard(page: Page, person: NewPerson): Promise<void> {
  await page.goto("/login");
  await focus(page, page.getByLabel("Email"));
  await page.keyboard.type(person.email);
  await focus(page, page.getByLabel("Password", { exact: true }));
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/t\/[^/]+/);
}

/** A question, and once more after it was changed: the second of two versions is shown. */
async function askTwice(page: Page): Promise<void> {
  await page.waitForURL(/\/chat$/);
  await page.waitForLoadState("networkidle");
  await focus(page, page.getByRole("textbox", { name: "Message" }));
  await page.keyboard.type("What is 19 * 3?");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/chat\/[\w-]{36}/);
  await isAnswered(page, "57");
  await press(page, page.getByRole("button", { name: "Edit message" }), "Shift+Tab");
  await expect(page.getByRole("textbox", { name: "Edit your message" })).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("What is 20 * 4?");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator("[data-role=user]")).toContainText("2/2");
  await isAnswered(page, "80");
}

async function isAnswered(page: Page, text: string): Promise<void> {
  await expect(page.locator("[data-role=assistant]")).toContainText(text, { timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible({ timeout: 60_000 });
}

async function search(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
  await page.keyboard.type("search all");
  await expect(page.getByRole("option", { name: "Search all chats", selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Search chats" })).toBeVisible();
  await page.keyboard.type(text);
  await expect(page.getByRole("option").locator("mark").first()).toHaveText(text);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?message=[\w-]{36}$/);
  await expect(page.locator("article:focus")).toContainText(text);
}

async function rename(page: Page, title: string): Promise<void> {
  const item = page.getByRole("navigation", { name: "Conversations" }).getByRole("listitem").first();
  await press(page, item.getByRole("button"), "Shift+Tab");
  await choose(page, "Rename");
  await expect(page.getByRole("textbox", { name: "Title of the conversation" })).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeAttached();
}

async function exportAsMarkdown(page: Page, title: string): Promise<string> {
  await press(page, page.getByRole("banner").getByRole("button", { name: `More for ${title}` }));
  const download = page.waitForEvent("download");
  await choose(page, "Export as Markdown");
  return readFile(await (await download).path(), "utf8");
}

/** Walks down the open menu to this item. */
async function choose(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("menu")).toBeVisible();
  await focus(page, page.getByRole("menuitem", { name }), "ArrowDown");
  await page.keyboard.press("Enter");
}

async function press(page: Page, target: Locator, step?: string): Promise<void> {
  await focus(page, target, step);
  await page.keyboard.press("Enter");
}

/** Steps until the target has the focus: what cannot be reached so is not there for a keyboard. */
async function focus(page: Page, target: Locator, step = "Tab"): Promise<void> {
  await expect(target).toBeAttached();
  for (let steps = 0; steps < TABS_MAX; steps += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(step);
  }
  await expect(target).toBeFocused({ timeout: 1_000 });
}
