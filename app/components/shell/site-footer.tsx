import { ThemeSwitch } from "./theme-switch";

/** The quiet end of public pages. */
export function SiteFooter() {
  return (
    <footer className="flex flex-wrap items-center justify-between gap-4 py-6 text-ink-muted text-sm">
      <p>Parley. Conversations your company can account for.</p>
      <ThemeSwitch />
    </footer>
  );
}
