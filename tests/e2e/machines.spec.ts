// A machine's token from the page where it is issued to the call that is refused after it was revoked.

import { randomUUID } from "node:crypto";
import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { axeOf, expectNoFaultsOnBoth } from "./faults";
import { join, signIn } from "./people";
import { test } from "./watched";

test("a token is issued, copied, used by a machine and revoked, and then refused", async ({
  page,
  playwright,
  baseURL,
}) => {
  await signedIn(page);
  await page.goto("/account/automation");
  await expect(page.getByText("No tokens yet")).toBeVisible();
  await page.getByRole("link", { name: "Issue a token" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Issue a token");
  await page.getByLabel("Account").selectOption({ label: "demo-bot" });
  await page.getByLabel("Reason").fill("Chats for the demonstration");
  await page.getByRole("button", { name: "Issue token" }).click();
  await expect(page.getByText("Choose at least one scope.")).toBeVisible();
  await page.getByLabel("conversations:read").check();
  await page.getByLabel("conversations:write").check();
  await expectNoFaultsOnBoth(page, "the form of a new token");
  await page.getByRole("button", { name: "Issue token" }).click();
  const token = await copied(page);
  const machine = await playwright.request.newContext({
    ...(baseURL ? { baseURL } : {}),
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  await chats(machine);
  await page.getByRole("link", { name: /^Revoke demo-bot/ }).click();
  await page.getByLabel("Reason").fill("The demonstration is over");
  await expectNoFaultsOnBoth(page, "the list of tokens with a question");
  await page.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("Token revoked")).toBeVisible();
  await expect(page.getByRole("main").getByText(/The demonstration is over/)).toBeVisible();
  expect((await machine.get("/trpc/serviceAccounts.whoami")).status()).toBe(401);
  await machine.dispose();
});

/** The access token, copied from the dialog, which stays until that is said. */
async function copied(page: Page): Promise<string> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const dialog = page.getByRole("dialog", { name: "Your new token" });
  await dialog.getByRole("button", { name: "Copy access token" }).click();
  const token = await dialog.getByLabel("Access token", { exact: true }).inputValue();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  expect((await axeOf(page).include('[role="dialog"]').analyze()).violations).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("I have copied it").check();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page).toHaveURL(/\/account\/automation(\?|$)/);
  await expect(dialog).toBeHidden();
  return token;
}

/** A conversation of the machine's own, over HTTP as any client would have it. */
async function chats(machine: APIRequestContext): Promise<void> {
  const made = await machine.post("/trpc/conversations.create", { data: {} });
  expect(made.status(), await made.text()).toBe(200);
  const { conversationId } = (await made.json()).result.data;
  const message = { conversationId, text: "What is 19.99 * 3?", clientMessageId: randomUUID() };
  const sent = await machine.post("/trpc/chat.send", { data: message });
  expect(sent.status(), await sent.text()).toBe(200);
  const input = encodeURIComponent(JSON.stringify({ conversationId }));
  await expect
    .poll(async () => (await machine.get(`/trpc/messages.list?input=${input}`)).text())
    .toContain("59.97");
}

async function signedIn(page: Page): Promise<void> {
  await signIn(page, await join(page));
}
