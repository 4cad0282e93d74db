// The main job, from nothing to a finished chat, as one person does it.

import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { mailedLink, newPerson, register, signIn } from "./people";
import { test } from "./watched";

const TABLE = "Summarise this table\nregion,revenue\nnorth,120.50\nsouth,98.25\nwest,143.10";
/** The question's first words are one word longer: this is what the model calls it. */
const TITLE = "Summarise this table region,revenue north,120.50 south,98.25";

const lastAnswer = (page: Page) => page.locator('article[data-role="assistant"]').last();

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

async function expectSettled(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible({ timeout: 60_000 });
}

test("register, verify, sign in, chat, reload, stop, edit, search, export, sign out", async ({ page }) => {
  test.setTimeout(180_000);
  const person = newPerson();

  await test.step("registers and confirms the address by the mailed link", async () => {
    await register(page, person);
    await page.goto(await mailedLink(page, person));
    await page.waitForURL(/\/login\?verified=1/, { timeout: 60_000 });
  });

  await test.step("signs in and lands in the own workspace", async () => {
    await signIn(page, person);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(person.name);
  });

  await test.step("is handed over to the data analyst, who reads the table with a tool", async () => {
    await page.getByRole("link", { name: "Chat", exact: true }).click();
    await say(page, TABLE);
    await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}$/);
    await expectSettled(page);
    await expect(lastAnswer(page)).toContainText("Data analyst");
    await expect(lastAnswer(page)).toContainText("3 rows");
    await expect(lastAnswer(page).getByRole("table")).toBeVisible();
  });

  await test.step("reads the title that was written meanwhile: in the tab, the heading and the side bar", async () => {
    await expect(page).toHaveTitle(`${TITLE} · Parley`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(TITLE);
    const chats = page.getByRole("navigation", { name: "Conversations" });
    await expect(chats.getByRole("link").first()).toHaveText(TITLE);
  });

  await test.step("reloads in mid-answer and sees the answer go on", async () => {
    await say(page, "Write a very long story about ledgers");
    const answer = lastAnswer(page);
    await expect.poll(async () => (await answer.innerText()).length).toBeGreaterThan(80);
    await page.reload();
    const afterReload = (await lastAnswer(page).innerText()).length;
    expect(afterReload).toBeGreaterThan(40);
    await expect.poll(async () => (await lastAnswer(page).innerText()).length).toBeGreaterThan(afterReload);
  });

  await test.step("stops the answer and keeps its text", async () => {
    await page.getByRole("button", { name: "Stop" }).click();
    await expectSettled(page);
    await expect(lastAnswer(page).getByRole("button", { name: "Continue" })).toBeVisible();
    const kept = await lastAnswer(page).innerText();
    await page.reload();
    await expect(lastAnswer(page)).toContainText(kept.split("\n").find((line) => line.length > 30) ?? "");
  });

  await test.step("edits the question: the first version stays beside the second", async () => {
    const question = page.locator('article[data-role="user"]').last();
    await question.hover();
    await question.getByRole("button", { name: "Edit message" }).click();
    await page.getByLabel("Edit your message").fill("What is 19.99 * 3?");
    await page.keyboard.press("Control+Enter");
    await expectSettled(page);
    await expect(lastAnswer(page)).toContainText("59.97");
    await page.getByRole("button", { name: "Previous version" }).last().click();
    await expect(page.locator('article[data-role="user"]').last()).toContainText("long story");
    await page.getByRole("button", { name: "Next version" }).last().click();
    await expect(lastAnswer(page)).toContainText("59.97");
  });

  await test.step("finds the conversation by a word of it", async () => {
    await page.getByRole("button", { name: "Search chats" }).first().click();
    await page
      .getByRole("dialog")
      .getByRole("combobox")
      .or(page.getByRole("dialog").getByRole("searchbox"))
      .first()
      .fill("revenue");
    await expect(page.getByRole("dialog").locator("mark").first()).toContainText(/revenue/i);
    await page.keyboard.press("Escape");
  });

  await test.step("takes the conversation along as Markdown", async () => {
    await page.getByRole("banner").getByRole("button", { name: /^More/ }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: /Markdown/ }).click(),
    ]);
    const text = await readFile((await download.path()) ?? "", "utf8");
    expect(text).toContain("59.97");
    expect(text).toContain("north,120.50");
  });

  await test.step("signs out and is asked to sign in", async () => {
    await page.getByRole("button", { name: /^Your account/ }).click();
    await page
      .getByRole("menuitem", { name: "Sign out" })
      .or(page.getByRole("button", { name: "Sign out" }))
      .first()
      .click();
    await page.waitForURL(/\/login/);
    await page.goto("/account/profile");
    await expect(page).toHaveURL(/\/login\?redirectTo=/);
  });
});
