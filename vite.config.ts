// The build: Remix, Tailwind, and the one alias of the browser side. Assets stay files (never data: addresses),
// since the content security policy names no data: source for fonts and scripts. What every page loads travels in two
// files, framework and frame, since many small ones compress badly.
import { fileURLToPath } from "node:url";
import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import remixOptions from "./remix.config.js";

declare module "@remix-run/node" {
  interface Future {
    v3_singleFetch: true;
  }
}

const FRAMEWORK =
  /node_modules\/(react|react-dom|scheduler|react-router|react-router-dom|@remix-run|turbo-stream)\//;
/** Loaded with the root by every page; nothing here may import an icon set or a Radix primitive. */
const FRAME = new RegExp(
  `/app/(theme|nonce|components/(${[
    "ui/(alert|button|class-names|progress-bar|skip-link|spinner|toast-store|toaster)",
    "shell/(error-page|logo|site-footer|theme-switch)",
  ].join("|")}))\\.tsx?$`,
);

/** What app/ imports from packages outside loaders and actions. */
const BROWSER_PACKAGES = [
  "react",
  "react/jsx-dev-runtime",
  "react/jsx-runtime",
  "react-dom/client",
  "@remix-run/react",
  "@trpc/client",
  "@trpc/server/observable",
  "@visx/scale",
  "cmdk",
  "katex",
  "lowlight",
  "lucide-react",
  "marked",
  "radix-ui/alert-dialog",
  "radix-ui/dialog",
  "radix-ui/dropdown-menu",
];

function chunkOf(moduleId: string): string | undefined {
  if (FRAMEWORK.test(moduleId)) return "framework";
  return FRAME.test(moduleId) ? "frame" : undefined;
}

export default defineConfig(({ command, isSsrBuild }) => {
  // What is built is always React's production build, also when a development start asks for it.
  if (command === "build") process.env["NODE_ENV"] = "production";
  return {
    plugins: [tailwindcss(), remix(remixOptions)],
    resolve: { alias: { "~": fileURLToPath(new URL("./app", import.meta.url)) } },
    // The dev server bundles the browser's packages before the first page asks: one found later would reload a page in
    // use and load React twice meanwhile. It must not look for more by itself, since it would scan routes with their
    // loaders and follow those into the server's packages.
    optimizeDeps: { include: BROWSER_PACKAGES, noDiscovery: true },
    // Bundled, so that a start loads the icons and primitives in use and not whole libraries of them.
    ssr: { noExternal: ["lucide-react", "radix-ui", /^@radix-ui\//] },
    build: {
      target: "es2022",
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rollupOptions: isSsrBuild ? {} : { output: { manualChunks: chunkOf } },
    },
  };
});
