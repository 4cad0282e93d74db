// What axe sees on a page, whether it is wider than its window, and that it has one first heading.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

export const VIEWPORTS = { desk: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };
export const COLOR_SCHEMES = ["light", "dark"] as const;

/** Opens the page and looks at it as it stands then. */
export async function checkPage(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForLoadState("networkidle");
  await expectNoFaults(page, path);
}

/** The page as it is now, light on a desk and dark on a phone; the window is afterwards as it was. */
export async function expectNoFaultsOnBoth(page: Page, place: string): Promise<void> {
  const viewport = page.viewportSize();
  // Colours that are still on their way from one theme to the other would be faults of no page.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.setViewportSize(VIEWPORTS.phone);
  await page.emulateMedia({ colorScheme: "dark" });
  await drawn(page);
  await expectNoFaults(page, `${place}, phone, dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(viewport ?? VIEWPORTS.desk);
  await drawn(page);
  await expectNoFaults(page, `${place}, desk, light`);
}

/** Waits until the page was drawn anew, which a busy browser may put off. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

export async function expectNoFaults(page: Page, place: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const faults = violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 160)}`,
  );
  expect.soft(faults, place).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(overflow, `${place} is wider than the window`).toBeLessThanOrEqual(0);
  await expect.soft(page.getByRole("heading", { level: 1 }), `${place} has one h1`).toHaveCount(1);
}
