// Money and limits as a workspace's owner sets them: topped up, bounded, and downloaded.

import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { expectNoFaultsOnBoth } from "./faults";
import { join, signIn } from "./people";
import { test } from "./watched";

test("an owner tops up the reserve, says what happens when it runs low, and sets limits", async ({
  page,
}) => {
  const person = await join(page);
  await signIn(page, person);
  const home = new URL(page.url()).pathname;

  await page.goto(`${home}/billing`);
  await page.getByLabel("Top up by, in dollars").fill("3");
  await page.getByRole("button", { name: "Top up" }).click();
  await page.waitForURL(/\/checkout\//);
  await page.getByRole("button", { name: "Pay" }).click();
  await page.waitForURL(/topup=paid/);
  // The page is told of the payment; nobody reads it anew.
  await expect(page.getByRole("row", { name: /Top-up/ })).toContainText("+$3.00");
  await page.getByRole("radio", { name: /^Block/ }).check();
  await page.getByLabel("Threshold in dollars").fill("minus one");
  const policy = page.getByRole("region", { name: "When the reserve runs low" });
  await policy.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Threshold in dollars")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("radio", { name: /^Block/ })).toBeChecked();
  await page.getByLabel("Threshold in dollars").fill("10");
  await policy.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await expect(page.getByText("The reserve is low.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("radio", { name: /^Block/ })).toBeChecked();
  await expectNoFaultsOnBoth(page, "billing with an entry and a warning");
  const link = page.getByRole("link", { name: "Download CSV" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines.at(-1)).toContain("3000000000");

  await page.goto(`${home}/limits`);
  await page.getByLabel("Limit in dollars a month").fill("20");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("$20.00").first()).toBeVisible();
  await page.getByRole("link", { name: /^Change/ }).click();
  await page.getByLabel(/^Limit of/).fill("5");
  await page.getByRole("button", { name: "Save" }).last().click();
  await expect(page.getByRole("row", { name: new RegExp(person.email) })).toContainText("$5.00");
  await expectNoFaultsOnBoth(page, "limits of a workspace and of a member");
});
