// What axe sees on a page, whether it is wider than its window, and that it has one first heading.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const VIEWPORTS = { desk: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };
const LIVE_PAGE = /^\/t\/[^/]+\/billing(\/(events|plan))?$/;
/** What axe asks of colours. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
const COLOR_SCHEMES = ["light", "dark"] as const;

/** Opens the page and looks at it as it stands then, on a desk and on a phone, light and dark. */
export async function checkPage(page: Page, path: string): Promise<void> {
  // A page that is told what happens keeps a request open, and is never idle.
  const told = LIVE_PAGE.test(path) ? page.waitForRequest(/billing\.live/) : null;
  await page.goto(path);
  await (told ?? page.waitForLoadState("networkidle"));
  await expectNoFaultsAnywhere(page, path);
}

/** The page as it is now, on a desk and on a phone, in both themes; the window is afterwards as it was. */
export async function expectNoFaultsAnywhere(page: Page, place: string): Promise<void> {
  const looks = Object.keys(VIEWPORTS).flatMap((device) =>
    COLOR_SCHEMES.map((colorScheme) => ({ device: device as Device, colorScheme })),
  );
  await lookAt(page, place, looks);
}

/** The page as it is now, light on a desk and dark on a phone; the window is afterwards as it was. */
export async function expectNoFaultsOnBoth(page: Page, place: string): Promise<void> {
  await lookAt(page, place, [
    { device: "phone", colorScheme: "dark" },
    { device: "desk", colorScheme: "light" },
  ]);
}

type Device = keyof typeof VIEWPORTS;
type Look = { device: Device; colorScheme: (typeof COLOR_SCHEMES)[number] };

async function lookAt(page: Page, place: string, looks: Look[]): Promise<void> {
  const viewport = page.viewportSize();
  const seen = new Set<Device>();
  for (const look of looks) {
    await wear(page, look);
    await drawn(page);
    const name = `${place}, ${look.device}, ${look.colorScheme}`;
    // The other theme of a window that was seen is the same page in other colours.
    if (seen.has(look.device)) await expectNoFaultsOfColour(page, name);
    else await expectNoFaults(page, name);
    seen.add(look.device);
  }
  await page.setViewportSize(viewport ?? VIEWPORTS.desk);
  await page.emulateMedia({ colorScheme: "light" });
  await drawn(page);
}

/** Gives the page this window and this theme. */
export async function wear(page: Page, { device, colorScheme }: Look): Promise<void> {
  // Colours that are still on their way from one theme to the other would be faults of no page.
  await page.emulateMedia({ reducedMotion: "reduce", colorScheme });
  await page.setViewportSize(VIEWPORTS[device]);
}

const MOVING_MS_MAX = 1_000;

/** Waits until the page was drawn anew, which a busy browser may put off, and nothing changes its colour any more. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(async (patienceMs) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await frame();
    const moving = document.getAnimations().map(({ finished }) => finished.catch(() => undefined));
    // What turns for ever is not waited for.
    await Promise.race([Promise.all(moving), new Promise((done) => setTimeout(done, patienceMs))]);
    await frame();
  }, MOVING_MS_MAX);
}

export async function expectNoFaults(page: Page, place: string): Promise<void> {
  await expectNoFaultsInDialog(page, place);
  await expect.soft(page.getByRole("heading", { level: 1 }), `${place} has one h1`).toHaveCount(1);
}

/**
 * Axe for a page whose frames are all its own: run where it stands, without a second page that puts frames together, and
 * without describing what is in order.
 */
export function axeOf(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
}

/** The page behind an open dialog is hidden, its first heading with it. */
export async function expectNoFaultsInDialog(page: Page, place: string): Promise<void> {
  await expectNothingFrom(axeOf(page), place);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(overflow, `${place} is wider than the window`).toBeLessThanOrEqual(0);
}

async function expectNoFaultsOfColour(page: Page, place: string): Promise<void> {
  await expectNothingFrom(axeOf(page).withRules(COLOUR_RULES), place);
}

async function expectNothingFrom(axe: AxeBuilder, place: string): Promise<void> {
  const { violations } = await axe.analyze();
  const faults = violations.map(
    ({ id, impact, nodes: [node] }) =>
      `${impact} ${id}: ${node?.html.slice(0, 160)} ${node?.any[0]?.message ?? ""}`,
  );
  expect.soft(faults, place).toEqual([]);
}
