// What a question costs, from the answer's own line over its receipt to the page of use and its file.

import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { expectNoFaultsOnBoth } from "./faults";
import { join, signIn } from "./people";
import { test } from "./watched";

test("an answer tells its cost, its receipt opens, and the use stands on its page and in its file", async ({
  page,
}) => {
  const person = await join(page);
  await signIn(page, person);
  const home = new URL(page.url()).pathname;
  await page.goto(`${home}/billing/usage`);
  await expect(page.getByText("Nothing was used in these days")).toBeVisible();
  await page.goto(`${home}/chat`);
  await page.getByLabel("Message", { exact: true }).fill("What is 19.99 * 3?");
  await page.getByRole("button", { name: "Send" }).click();
  const receipt = page.getByRole("link", { name: /^Receipt\s*\$/ });
  await expect(receipt).toBeVisible({ timeout: 60_000 });
  await receipt.click();
  const dialog = page.getByRole("dialog", { name: "Receipt" });
  await expect(dialog.getByText("Covered by the plan's allowance")).toBeVisible();
  await expect(dialog.getByText("Input tokens").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.goto((await receipt.getAttribute("href")) ?? "");
  await expect(page.getByRole("heading", { name: "Receipt", level: 1 })).toBeVisible();
  await expectNoFaultsOnBoth(page, "a receipt");

  await page.goto(`${home}/billing/usage`);
  await expect(page.getByRole("heading", { name: "By model" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Status" })).toContainText("Tokens in");
  await expectNoFaultsOnBoth(page, "the page of use");
  const link = page.getByRole("link", { name: "Download CSV" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toMatch(/^parley-usage-\d{4}-\d\d-\d\d\.csv$/);
  expect(await readFile(await download.path(), "utf8")).toContain("costNano");
});
