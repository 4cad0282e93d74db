// Parley's theme. Colours are roles, not hues: a utility such as `bg-surface` reads a custom property whose value
// follows the theme that <html data-theme> asks for, or the system's when it asks for none.
import type { Config } from "tailwindcss";
import plugin from "tailwindcss/plugin";
import { type ColorRole, darkPalette, lightPalette } from "./app/theme-palette";

const roles = Object.keys(lightPalette) as ColorRole[];

function properties(palette: Record<ColorRole, string>): Record<string, string> {
  return Object.fromEntries(roles.map((role) => [`--${role}`, palette[role]]));
}

export default {
  content: ["./app/**/*.{ts,tsx}"],
  theme: {
    extend: {
      colors: Object.fromEntries(roles.map((role) => [role, `var(--${role})`])),
      fontFamily: {
        sans: ['"Inter Variable"', '"Inter Fallback"', "system-ui", "sans-serif"],
        mono: ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", '"Liberation Mono"', "monospace"],
      },
      borderRadius: { sm: "4px", md: "8px", lg: "12px", xl: "16px", "2xl": "24px" },
      boxShadow: {
        raised: "0 1px 2px rgb(28 27 24 / 0.05), 0 8px 24px -8px rgb(28 27 24 / 0.18)",
        card: "0 1px 2px rgb(28 27 24 / 0.04)",
      },
      maxWidth: { thread: "46rem", form: "25rem", page: "68rem" },
    },
  },
  plugins: [
    plugin(({ addBase }) => {
      addBase({
        ":root": { colorScheme: "light", ...properties(lightPalette) },
        ':root[data-theme="dark"]': { colorScheme: "dark", ...properties(darkPalette) },
        "@media (prefers-color-scheme: dark)": {
          ":root:not([data-theme])": { colorScheme: "dark", ...properties(darkPalette) },
        },
      });
    }),
  ],
} satisfies Config;
