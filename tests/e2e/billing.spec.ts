// A workspace that pays, from its trial to its end: subscribed by card, put on a larger plan after it was told what that
// costs, left and kept; while another page of billing stands open and is told of all of it.

import { expect, type Page } from "@playwright/test";
import { expectNoFaultsOnBoth } from "./faults";
import { join, signIn } from "./people";
import { test } from "./watched";

test("an owner subscribes, moves to a larger plan, cancels and stays, and an open page hears of it", async ({
  page,
}) => {
  await signIn(page, await join(page));
  const billing = `${new URL(page.url()).pathname}/billing`;
  const watching = await page.context().newPage();
  await watching.goto(`${billing}/events`);
  await expect(watching.getByText("Live", { exact: true })).toBeVisible();

  await page.goto(`${billing}/plan`);
  await choose(page, "Starter");
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await page.waitForURL(/\/checkout\//);
  await page.getByRole("button", { name: "Subscribe" }).click();
  await page.waitForURL(/subscribed=1/);
  await expect(watching.getByText("It is in its trial")).toBeVisible();
  await expectNoFaultsOnBoth(watching, "events of billing");

  await page.goto(`${billing}/plan`);
  const subscription = page.getByRole("region", { name: /^Subscription/ });
  await expect(subscription).toContainText("Visa ending in 4242");
  await choose(page, "Pro");
  await expect(page.getByText("The trial ends with this change.")).toBeVisible();
  await expectNoFaultsOnBoth(page, "what a change of the plan costs");
  await page.getByRole("button", { name: "Change the subscription" }).click();
  await expect(subscription).toContainText("Subscription: Pro");
  await expect(watching.getByText(/paid · \$147\.00/)).toBeVisible();

  await page.goto(`${billing}/plan`);
  await page.getByRole("button", { name: "Cancel at the end of the period" }).click();
  await expect(subscription).toContainText("Ends on");
  await page.getByRole("button", { name: "Keep the subscription" }).click();
  await expect(subscription).toContainText("Renews on");

  await page.goto(`${billing}/invoices`);
  await expect(page.getByRole("row", { name: /\$147\.00/ })).toBeVisible();
  await expectNoFaultsOnBoth(page, "invoices");
});

/** Asks what a plan costs, paid every month. */
async function choose(page: Page, plan: string): Promise<void> {
  const field = page.getByLabel("Plan", { exact: true });
  const option = field.getByRole("option", { name: new RegExp(`^${plan},`) });
  await field.selectOption((await option.getAttribute("value")) ?? "");
  await page.getByRole("button", { name: "See what it costs" }).click();
  await expect(page.getByRole("heading", { name: `${plan}, paid every month` })).toBeVisible();
}
