// A workspace from its beginning to its end: made, set, moved, looked back on, closed and brought back.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, type Page } from "@playwright/test";
import { expectNoFaultsOnBoth } from "./faults";
import { join, signIn } from "./people";
import { test } from "./watched";

const run = promisify(execFile);
const NAME = "Lonely Peak";

test("a workspace is made, set, moved and read back; what two people save at once is not lost", async ({
  page,
}) => {
  const home = await secondWorkspace(page);
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await expectNoFaultsOnBoth(page, "settings");
  const other = await page.context().newPage();
  await other.goto(`${home}/settings`);
  await page.getByLabel("Name of the workspace").fill(`${NAME} of the North`);
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByText("Settings saved")).toBeVisible();
  await other.getByLabel("Name of the workspace").fill(`${NAME} of the South`);
  await other.getByRole("button", { name: "Save name" }).click();
  await expect(other.getByText(`Saved meanwhile: ${NAME} of the North`)).toBeVisible();
  await expect(other.getByLabel("Name of the workspace")).toHaveValue(`${NAME} of the South`);
  await expectNoFaultsOnBoth(other, "settings after a conflict");
  await other.getByRole("button", { name: "Save name" }).click();
  await expect(other.getByText("Settings saved")).toBeVisible();
  await other.close();

  await page.goto(`${home}/settings`);
  await page.getByRole("combobox", { name: "Agent" }).selectOption({ label: "Data analyst" });
  await page.getByRole("button", { name: "Save choices" }).click();
  await expect(page.getByText("Settings saved").first()).toBeVisible();
  await page.goto(`${home}/chat`);
  await expect(page.getByRole("combobox", { name: "Agent" })).toHaveValue("data-analyst");
  await page.goto(`${home}/settings`);
  await page.getByLabel("Keep for days").fill("30");
  await page.getByRole("button", { name: "See what it would delete" }).click();
  await expect(page.getByText("No conversation would be deleted now")).toBeVisible();
  await page.getByRole("button", { name: "Keep for 30 days" }).click();
  await expect(page.getByText(/nobody has written in for 30 days are deleted/)).toBeVisible();

  const moved = `${home.replace("/t/", "")}-moved`;
  await page.getByRole("textbox", { name: "Address" }).fill(moved);
  await page.getByRole("button", { name: "Change address" }).click();
  await expect(page).toHaveURL(new RegExp(`/t/${moved}/settings`));
  await page.goto(`${home}/audit`);
  await expect(page).toHaveURL(new RegExp(`/t/${moved}/audit`));
  await expect(page.getByText(/changed the address/).first()).toBeVisible();
  await expectNoFaultsOnBoth(page, "the audit log");
  const link = page.getByRole("link", { name: "Download CSV" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const { stdout } = await run(process.execPath, [
    ...["--import", "tsx", "scripts/audit-verify.ts"],
    await download.path(),
  ]);
  expect(stdout).toMatch(/1 chains hold/);
});

test("a workspace that is deleted is gone at once for its owner too, who brings it back", async ({
  page,
}) => {
  const home = await secondWorkspace(page);
  await page.goto(`${home}/settings`);
  await page.getByRole("link", { name: "Delete the workspace" }).click();
  const confirmation = page.getByLabel("Type the name of the workspace to confirm");
  await confirmation.fill("another");
  await page.getByRole("button", { name: "Delete the workspace" }).click();
  await expect(confirmation).toHaveAttribute("aria-invalid", "true");
  await expectNoFaultsOnBoth(page, "deleting a workspace");
  await confirmation.fill(NAME);
  await page.getByRole("button", { name: "Delete the workspace" }).click();
  await expect(page.getByText("The workspace is closed")).toBeVisible();
  await page.goto(`${home}/chat`);
  await expect(page).toHaveURL(/\/account\/workspaces/);
  await expect(page.getByText(/Will be erased/)).toBeVisible();
  await expectNoFaultsOnBoth(page, "a closed workspace");
  await page.getByRole("button", { name: /^Bring it back/ }).click();
  await expect(page.getByText("The workspace is back")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`${home}$`));
});

/** Signs somebody up and makes them one more workspace by way of the switch; answers its path. */
async function secondWorkspace(page: Page): Promise<string> {
  const person = await join(page);
  await signIn(page, person);
  await page.getByRole("button", { name: "Workspace" }).click();
  await page.getByRole("link", { name: "New workspace and more" }).click();
  await page.getByLabel("New workspace").fill(NAME);
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Hello/);
  const home = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Workspace" }).click();
  await page.getByRole("link", { name: person.workspace }).click();
  await expect(page.getByText(`You are in ${person.workspace}.`)).toBeVisible();
  await page.goto(home);
  return home;
}
