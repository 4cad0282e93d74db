import { expect, test } from "vitest";
import { type ColorRole, darkPalette, lightPalette } from "./theme-palette";

// WCAG 2.2: 1.4.3 asks 4.5 for text, 1.4.11 asks 3 for the edges of controls and for focus rings.
const TEXT_RATIO = 4.5;
const EDGE_RATIO = 3;

const GROUNDS: ColorRole[] = ["canvas", "surface", "raised", "sunken", "hover"];
const TEXT_PAIRS: [ColorRole, ColorRole][] = [
  ...GROUNDS.flatMap((ground): [ColorRole, ColorRole][] => [
    ["ink", ground],
    ["ink-muted", ground],
    ["accent-ink", ground],
    ["danger-ink", ground],
  ]),
  ["ink-faint", "canvas"],
  ["ink-faint", "surface"],
  ["ink-faint", "raised"],
  ["ink-faint", "sunken"],
  ["ink", "accent-soft"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["on-danger", "danger"],
  ["on-danger", "danger-hover"],
  ["accent-ink", "accent-soft"],
  ["danger-ink", "danger-soft"],
  ["warning-ink", "warning-soft"],
  ["success-ink", "success-soft"],
  ["canvas", "ink"],
];
const EDGE_PAIRS: [ColorRole, ColorRole][] = [
  ["line-strong", "surface"],
  ["line-strong", "canvas"],
  ["focus", "canvas"],
  ["focus", "surface"],
  ["focus", "sunken"],
];

for (const [name, palette] of [
  ["light", lightPalette],
  ["dark", darkPalette],
] as const) {
  test(`every text of the ${name} theme is readable on its ground`, () => {
    expect(
      TEXT_PAIRS.filter(([ink, ground]) => contrast(palette[ink], palette[ground]) < TEXT_RATIO),
    ).toEqual([]);
  });

  test(`every control of the ${name} theme shows its edge`, () => {
    expect(
      EDGE_PAIRS.filter(([edge, ground]) => contrast(palette[edge], palette[ground]) < EDGE_RATIO),
    ).toEqual([]);
  });
}

/** Contrast ratio by WCAG 2.2, 1 to 21. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
