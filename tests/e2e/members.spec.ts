// People of a workspace: invited through their mailboxes, one of them new and one with an account; a role changes, and
// whoever is removed sees it in their open chat. One story in order: each part goes on where the one before it ended.

import { type BrowserContext, expect, type Page } from "@playwright/test";
import { expectNoFaultsOnBoth } from "./faults";
import { join, linkOfMail, type NewPerson, newPerson, signIn } from "./people";
import { test } from "./watched";

const INVITE_MAIL = { subject: /invited/i, link: /\/invite\?token=/ };
// Half a minute: being removed in its middle must not be a race, on a busy machine neither.
const VERY_LONG = "Tell me a very long story about rivers";

const owner = newPerson("Zoë Nguyễn-Østergaard");
const newcomer = newPerson("Nia Newcomer");
const neighbour = newPerson("Ned Neighbour");

let contexts: BrowserContext[];
let desk: Page;
let guests: Page;
let other: Page;
let workspace: string;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  contexts = await Promise.all([browser.newContext(), browser.newContext(), browser.newContext()]);
  [desk, guests, other] = (await Promise.all(contexts.map((context) => context.newPage()))) as [
    Page,
    Page,
    Page,
  ];
  await Promise.all([signUp(desk, owner), signUp(other, neighbour)]);
  workspace = new URL(desk.url()).pathname.split("/").slice(0, 3).join("/");
});

test.afterAll(() => Promise.all(contexts.map((context) => context.close())));

async function signUp(page: Page, person: NewPerson): Promise<void> {
  await signIn(page, await join(page, person));
}

const rowOf = (person: NewPerson) => desk.getByRole("row").filter({ hasText: person.email });

test("several people are invited at once, by an address each, with a message", async () => {
  await desk.getByRole("link", { name: "Members" }).click();
  await expect(desk.getByRole("heading", { name: "Members", level: 1 })).toBeVisible();
  await expect(desk.getByText(/1 of 10 seats used/)).toBeVisible();
  await expect(desk.getByText(/\$19\.00 a month on the Starter plan/)).toBeVisible();
  await desk.getByLabel("Email addresses").fill("nobody at example");
  await desk.getByRole("button", { name: "Send invites" }).click();
  await expect(desk.getByLabel("Email addresses")).toHaveAttribute("aria-invalid", "true");
  await expectNoFaultsOnBoth(desk, "members with a refused invite");

  await desk.getByLabel("Email addresses").fill(`${newcomer.email}\n${neighbour.email}`);
  await desk.getByLabel("Message").fill("See you on Monday.");
  await desk.getByRole("button", { name: "Send invites" }).click();
  await expect(desk.getByText("2 invites sent")).toBeVisible();
  const ofNewcomer = { name: `Get a link for the invite to ${newcomer.email}` };
  await desk.getByRole("button", ofNewcomer).click();
  await expect(desk.getByLabel("Invite link")).toHaveValue(/\/invite\?token=/);
  await expectNoFaultsOnBoth(desk, "members with a link that was copied");
});

test("somebody new joins by the mailed link, and is confirmed by it", async () => {
  await guests.goto(await linkOfMail(guests, newcomer.email, INVITE_MAIL));
  await expect(guests).toHaveURL(/\/invite$/);
  await expect(guests.getByText("See you on Monday.")).toBeVisible();
  await expectNoFaultsOnBoth(guests, "/invite of somebody new");
  await guests.getByLabel("Your name").fill(newcomer.name);
  await guests.getByLabel("Password", { exact: true }).fill(newcomer.password);
  await guests.getByRole("button", { name: "Create account" }).click();
  await expect(guests.getByText("Signup successful")).toBeVisible();
  await signIn(guests, newcomer);
  await expect(guests).toHaveURL(new RegExp(workspace));
});

test("somebody with an account joins by the mailed link, once", async () => {
  const link = await linkOfMail(other, neighbour.email, INVITE_MAIL);
  await other.goto(link);
  await expectNoFaultsOnBoth(other, "/invite of somebody signed in");
  await other.getByRole("button", { name: "Accept the invite" }).click();
  await expect(other.getByText("Signup successful")).toBeVisible();
  await expect(other).toHaveURL(new RegExp(workspace));
  await guests.goto(link);
  await expect(guests.getByText("Invite has already been used")).toBeVisible();
});

test("a role is changed by a higher rank, and the side bar follows", async () => {
  await desk.goto(`${workspace}/members`);
  await rowOf(newcomer)
    .getByRole("link", { name: /^Change/ })
    .click();
  await desk.getByRole("region", { name: newcomer.name }).getByLabel("Role").selectOption("admin");
  await expectNoFaultsOnBoth(desk, "members with a person's card");
  await desk.getByRole("button", { name: "Save role" }).click();
  await expect(rowOf(newcomer).getByText("Admin")).toBeVisible();
  await guests.goto(`${workspace}/members`);
  await expect(guests.getByRole("button", { name: "Send invites" })).toBeVisible();
  await expect(guests.getByRole("link", { name: `Change ${owner.email}` })).toHaveCount(0);
});

test("whoever is removed sees it at once in their open chat, and finds nothing afterwards", async () => {
  await desk.goto(`${workspace}/members`);
  await rowOf(neighbour)
    .getByRole("link", { name: /^Change/ })
    .click();
  await desk.getByRole("link", { name: "Remove from the workspace" }).click();
  await expect(desk.getByRole("button", { name: "Remove", exact: true })).toBeVisible();
  await expectNoFaultsOnBoth(desk, "members with the question of a removal");

  await other.goto(`${workspace}/chat`);
  await other.getByRole("textbox", { name: "Message" }).fill(VERY_LONG);
  await other.getByRole("textbox", { name: "Message" }).press("Enter");
  await expect(other.locator("[data-role=assistant]").last()).toContainText("Where it begins");
  await desk.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(desk.getByText("Removed from the workspace")).toBeVisible();
  await expect(other.getByText("This conversation is not open to you any more.")).toBeVisible();
  await other.goto(`${workspace}/members`);
  await expect(other.getByText("404")).toBeVisible();
});

test("the workspace is handed over by name, and its former owner can leave it", async () => {
  await desk.getByRole("link", { name: "Leave the workspace" }).click();
  await desk.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(desk.getByText("A workspace needs an owner.")).toBeVisible();

  await rowOf(newcomer)
    .getByRole("link", { name: /^Change/ })
    .click();
  await desk.getByRole("link", { name: "Hand the workspace over" }).click();
  await desk.getByLabel("Type the name of the workspace to confirm").fill(owner.workspace);
  await desk.getByRole("button", { name: "Hand it over" }).click();
  await expect(rowOf(newcomer).getByText("Owner")).toBeVisible();
  await desk.getByRole("link", { name: "Leave the workspace" }).click();
  await desk.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(desk).toHaveURL(/\/account\/workspaces/);
  await expect(desk.getByText("You left the workspace")).toBeVisible();
});
