// The main job in a browser: chat with a handover and a tool, reload in mid-answer, stop, edit, branch, search, export;
// by keyboard alone, on a phone, without streams and without JavaScript.

import { readFile } from "node:fs/promises";
import { type Browser, type BrowserContextOptions, expect, type Locator, type Page } from "@playwright/test";
import { join, type NewPerson, newPerson, signIn } from "./people";
import { test } from "./watched";

const TABLE = "What do these figures say?\n\nmonth,orders\nJanuary,120\nFebruary,98\nMarch,161";
const LONG = "Tell me a long story about rivers";
// Half a minute: reloading and stopping in its middle must not be a race, on a busy machine neither.
const VERY_LONG = "Tell me a very long story about rivers";

let person: NewPerson;
let session: Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>;
let chatPath: string;

test.beforeAll(async ({ browser }) => {
  const page = await browser.newPage();
  person = await join(page, newPerson("Chatty Person"));
  await signIn(page, person);
  chatPath = `${new URL(page.url()).pathname}/chat`;
  session = await page.context().storageState();
  await page.close();
});

async function openChat(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ storageState: session, acceptDownloads: true, ...options });
  const page = await context.newPage();
  await page.goto(chatPath);
  return page;
}

const composer = (page: Page) => page.getByRole("textbox", { name: "Message" });
const answers = (page: Page) => page.locator("[data-role=assistant]");
const questions = (page: Page) => page.locator("[data-role=user]");

async function ask(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
  await page.waitForURL(/\/chat\/[\w-]{36}/);
}

async function finished(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible({ timeout: 60_000 });
}

test("chat with a handover and a tool, reload in mid-answer, stop, continue", async ({ browser }) => {
  const page = await openChat(browser);
  await ask(page, TABLE);
  await expect(page.getByText("Handed over to")).toBeAttached();
  await expect(answers(page).getByText("Data analyst")).toBeVisible();
  await finished(page);
  await page.getByText("Read the table").click();
  await expect(answers(page).getByText("Answered")).toBeVisible();
  await expect(answers(page).getByRole("table")).toBeVisible();

  await ask(page, VERY_LONG);
  await expect(answers(page).last()).toContainText("Where it begins");
  const before = (await answers(page).last().textContent()) ?? "";
  await page.reload();
  await expect(answers(page).last()).toContainText(before.slice(0, 200));
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
  const length = async () => (await answers(page).last().textContent())?.length;
  await expect.poll(length).toBeGreaterThan(before.length);

  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("You stopped this answer.")).toBeVisible();
  const stopped = (await answers(page).last().locator(".md").last().textContent()) ?? "";
  await page.reload();
  await expect(answers(page).last()).toContainText(stopped.slice(-60));
  await page.getByRole("button", { name: "Continue" }).click();
  await finished(page);
  await expect(page.getByText("You stopped this answer.")).toBeHidden();
  await expect(answers(page)).toHaveCount(2);
});

test("code has its colours, formulas are drawn, and both can be taken along", async ({ browser }) => {
  const page = await openChat(browser, { permissions: ["clipboard-read", "clipboard-write"] });
  const blocked: string[] = [];
  page.on("console", (message) => {
    const text = message.text();
    if (text.includes("Content Security Policy") && !text.includes("Report Only")) blocked.push(text);
  });
  await ask(page, "Write a function that groups items by a key");
  await finished(page);

  const code = answers(page).getByRole("figure", { name: "Code, typescript" });
  const keyword = code.locator(".hljs-keyword").first();
  await expect(keyword).toBeVisible();
  const colourOf = (element: Locator) => element.evaluate((node) => getComputedStyle(node).color);
  expect(await colourOf(keyword)).not.toBe(await colourOf(code.locator("code")));

  const formula = answers(page).locator("[data-tex='O(n)']");
  await expect(formula.locator(".katex-html")).toBeVisible();
  await expect(formula.locator(".md-tex")).toBeHidden();
  const hasLetters = () =>
    page.evaluate(() =>
      [...document.fonts].some(({ family, status }) => /KaTeX/.test(family) && status === "loaded"),
    );
  await expect.poll(hasLetters).toBe(true);

  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await code.getByRole("button", { name: "Copy code" }).click();
  await expect.poll(clipboard).toBe(await code.locator("pre").textContent());
  await answers(page).getByRole("button", { name: "Copy message" }).click();
  await expect.poll(clipboard).toContain("```typescript\n/** Groups items by a key");
  expect(blocked).toEqual([]);
});

test("edit and branch, search, rename, export, delete and undo", async ({ browser }) => {
  const page = await openChat(browser);
  await ask(page, "What is 19 * 3?");
  await finished(page);
  await questions(page).last().hover();
  await page.getByRole("button", { name: "Edit message" }).click();
  await page.getByRole("textbox", { name: "Edit your message" }).fill("What is 20 * 4?");
  await page.getByRole("button", { name: "Save & rerun" }).click();
  await finished(page);
  await expect(questions(page)).toHaveText(/What is 20 \* 4\?/);
  await expect(questions(page)).toContainText("2/2");
  await page.getByRole("button", { name: "Previous version" }).click();
  await expect(questions(page)).toHaveText(/What is 19 \* 3\?/);
  await expect(answers(page)).toContainText("57");

  await page.getByRole("button", { name: "Regenerate answer" }).click();
  await finished(page);
  await expect(answers(page)).toContainText("2/2");

  await page.getByRole("button", { name: "Search chats" }).first().click();
  await page.getByRole("dialog").getByRole("combobox").fill("57");
  await expect(page.getByRole("option").locator("mark").first()).toHaveText("57");
  await page.getByRole("option").filter({ hasText: "57" }).first().click();
  await expect(page).toHaveURL(/\?message=[\w-]{36}$/);
  await expect(page.locator("article:focus")).toContainText("57");

  const item = page.getByRole("navigation", { name: "Conversations" }).getByRole("listitem").first();
  await item.hover();
  await item.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Title of the conversation" }).fill("Exact sums");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Exact sums" })).toBeAttached();

  await page.getByRole("banner").getByRole("button", { name: "More for Exact sums" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export as Markdown" }).click();
  const file = await readFile(await (await download).path(), "utf8");
  expect(file).toContain("# Exact sums");
  expect(file).toContain("What is 19 * 3?");

  await page.getByRole("banner").getByRole("button", { name: "More for Exact sums" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page).toHaveURL(new RegExp(`${chatPath}$`));
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "Exact sums" }).click();
  await expect(answers(page)).toContainText("57");
});

test("a chat by keyboard alone: write, stop, command palette, help, another chat", async ({ browser }) => {
  const page = await openChat(browser);
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type(VERY_LONG);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/chat\/[\w-]{36}/);
  await expect(answers(page).last()).toContainText("Where it begins");
  await expect(composer(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByText("You stopped this answer.")).toBeVisible();

  await page.keyboard.press("Control+Slash");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
  await page.keyboard.type("what agents");
  await expect(page.getByRole("option", { name: "What agents can do", selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();
  await page.goBack();
  await expect(answers(page)).toHaveCount(1);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
  await page.keyboard.type("members");
  await expect(page.getByRole("option", { name: "Members", selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Members" })).toBeVisible();
  await page.goBack();
  await expect(answers(page)).toHaveCount(1);
  await page.keyboard.press("Control+Shift+KeyO");
  await expect(page).toHaveURL(new RegExp(`${chatPath}$`));
  await page.keyboard.press("ArrowUp");
  await expect(composer(page)).toBeFocused();
});

/** Where a reader sees it: as it was painted, and not as it stands while a line is being added below. */
async function paintedTop(element: Locator): Promise<number> {
  const tops: number[] = [];
  for (let frame = 0; frame < 5; frame += 1) tops.push(await element.evaluate(topAfterPaint));
  return tops.sort((a, b) => a - b)[2] ?? Number.NaN;
}

function topAfterPaint(element: Element): Promise<number> {
  return new Promise((done) => {
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => done(element.getBoundingClientRect().top);
      painted.port2.postMessage(null);
    });
  });
}

test("on a phone of 360 px nothing is cut off, the drawer opens and closes, and reading holds its place", async ({
  browser,
}) => {
  const phone = { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true };
  const page = await openChat(browser, phone);
  await page.getByRole("button", { name: "Make sense of a table" }).tap();
  await page.waitForURL(/\/chat\/[\w-]{36}/);
  await finished(page);
  await composer(page).fill(LONG);
  await page.getByRole("button", { name: "Send" }).tap();
  await expect(answers(page).last()).toContainText("Where it begins");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);

  const table = answers(page).first().getByRole("table");
  await table.scrollIntoViewIfNeeded();
  await expect(page.getByRole("button", { name: "Jump to latest" })).toBeVisible();
  const place = await paintedTop(table);
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible({ timeout: 60_000 });
  expect(Math.abs((await paintedTop(table)) - place)).toBeLessThan(3);
  await page.getByRole("button", { name: "Jump to latest" }).tap();
  await expect(page.getByRole("button", { name: "Jump to latest" })).toBeHidden();

  await page.getByRole("button", { name: "Side bar" }).tap();
  await expect(page.getByRole("link", { name: "New chat" }).first()).toBeVisible();
  await page.getByRole("link", { name: "Archived chats" }).tap();
  await expect(page.getByRole("heading", { level: 1, name: "Archived chats" })).toBeVisible();
});

test("who does not want to scroll with answers stays at the question while the answer grows", async ({
  browser,
}) => {
  const page = await openChat(browser, { viewport: { width: 1024, height: 520 } });
  const switchBy = async (label: string, told: string) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("option", { name: label }).click();
    await expect(page.getByText(told)).toBeVisible();
  };
  await switchBy("Stop scrolling with answers", "The page stays where you are");
  await ask(page, LONG);
  const question = questions(page).last();
  const place = await paintedTop(question);
  await finished(page);
  expect(Math.abs((await paintedTop(question)) - place)).toBeLessThan(3);
  await expect(page.getByRole("button", { name: "Jump to latest" })).toBeVisible();

  await switchBy("Scroll with answers", "The end of an answer stays in view");
  await ask(page, LONG);
  await finished(page);
  await expect(page.getByRole("button", { name: "Jump to latest" })).toBeHidden();
  await expect(question).not.toBeInViewport();
});

test("without streams the answer arrives by polling; a message that cannot be sent comes back", async ({
  browser,
}) => {
  const page = await openChat(browser);
  await page.route("**/trpc/chat.runEvents**", (route) => route.abort());
  await ask(page, "What is 6 * 7?");
  await finished(page);
  await expect(answers(page)).toContainText("42");

  await page.route("**/trpc/chat.send**", (route) => route.abort());
  await composer(page).fill("This will not arrive");
  await composer(page).press("Enter");
  await expect(page.getByRole("alert")).toContainText("could not be reached", { timeout: 15_000 });
  await expect(composer(page)).toHaveValue("This will not arrive");
  await expect(questions(page)).toHaveCount(1);
  await page.unroute("**/trpc/chat.send**");
  await composer(page).press("Enter");
  await finished(page);
  await expect(questions(page)).toHaveCount(2);
});

test("without JavaScript the composer is a form, and the answer is there on reload", async ({ browser }) => {
  const page = await openChat(browser, { javaScriptEnabled: false });
  await composer(page).fill("What is 8 * 8?");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL(/\/chat\/[\w-]{36}/);
  await expect(async () => {
    await page.reload();
    await expect(answers(page)).toContainText("64", { timeout: 500 });
  }).toPass();
  await expect(async () => {
    await composer(page).fill("And 9 * 9?");
    await page.getByRole("button", { name: "Send" }).click();
    await expect(questions(page)).toHaveCount(2, { timeout: 1_000 });
  }).toPass();
});
