// Which of the two palettes a person sees. The choice is a cookie that the server reads before the first byte, so
// nothing flashes; without a choice the style sheet follows the system.

export const THEMES = ["light", "system", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const COOKIE_NAME = "parley-theme";
const ONE_YEAR_SECONDS = 31_536_000;

/** The theme that a Cookie header (or `document.cookie`) asks for; anything unknown means the system's. */
export function themeOf(cookieHeader: string | null): Theme {
  const value = cookieHeader?.match(/(?:^|;\s*)parley-theme=(\w+)/)?.[1];
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** The cookie that remembers the choice; it is no secret, so scripts may write it. */
export function themeCookie(theme: Theme): string {
  return `${COOKIE_NAME}=${theme}; Path=/; Max-Age=${ONE_YEAR_SECONDS}; SameSite=Lax`;
}

/** The value of `<html data-theme>`: absent for the system's theme. */
export function themeAttribute(theme: Theme): "light" | "dark" | undefined {
  return theme === "system" ? undefined : theme;
}
