import { useRouteLoaderData } from "@remix-run/react";
import { type MouseEvent, useState } from "react";
import { THEMES, type Theme, themeAttribute, themeCookie } from "~/theme";

/** Lucide's sun, monitor and moon as paths: the icon set itself would be the largest part of a signed-out page. */
const ICON_PATHS: Record<Theme, string> = {
  light:
    "M8 12a4 4 0 1 0 8 0 4 4 0 1 0-8 0M12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M6.3 17.7l-1.4 1.4M19.1 4.9l-1.4 1.4",
  system: "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM8 21h8M12 17v4",
  dark: "M12 3a6 6 0 0 0 9 9 9 9 0 1 1-9-9z",
};
const ICON_CLASS = "size-4 fill-none stroke-2 stroke-current [stroke-linecap:round] [stroke-linejoin:round]";
const LABELS = { light: "Light theme", system: "System theme", dark: "Dark theme" };

/** Three buttons of one form: a post without JavaScript, an instant change with it. */
export function ThemeSwitch() {
  const root = useRouteLoaderData<{ theme: Theme }>("root");
  const [chosen, setChosen] = useState<Theme>();
  const current = chosen ?? root?.theme ?? "system";
  const choose = (event: MouseEvent, theme: Theme) => {
    event.preventDefault();
    applyTheme(theme);
    setChosen(theme);
  };
  return (
    <form
      method="post"
      action="/theme"
      className="inline-flex rounded-full border border-line bg-surface p-0.5"
    >
      {THEMES.map((theme) => (
        <button
          key={theme}
          type="submit"
          name="theme"
          value={theme}
          aria-label={LABELS[theme]}
          title={LABELS[theme]}
          aria-pressed={theme === current}
          onClick={(event) => choose(event, theme)}
          className="flex size-7 items-center justify-center rounded-full text-ink-muted hover:text-ink aria-pressed:bg-hover aria-pressed:text-ink pointer-coarse:size-11"
        >
          <svg viewBox="0 0 24 24" aria-hidden="true" className={ICON_CLASS}>
            <path d={ICON_PATHS[theme]} />
          </svg>
        </button>
      ))}
    </form>
  );
}

export function applyTheme(theme: Theme): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not in every browser yet
  document.cookie = themeCookie(theme);
  const attribute = themeAttribute(theme);
  if (attribute) document.documentElement.dataset["theme"] = attribute;
  else delete document.documentElement.dataset["theme"];
}
