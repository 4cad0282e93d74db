import interLatin from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url";
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteLoaderData } from "@remix-run/react";
import type { ReactNode } from "react";
import { errorTitle, RouteErrorPage } from "~/components/shell/error-page";
import { ProgressBar } from "~/components/ui/progress-bar";
import { Toaster } from "~/components/ui/toaster";
import { useNonce } from "~/nonce";
import { themeAttribute, themeOf } from "~/theme";
import { takeToast } from "./http.server";
import { allowPublic } from "./session.server";
import stylesheet from "./tailwind.css?url";

export const links: LinksFunction = () => [
  { rel: "preload", href: interLatin, as: "font", type: "font/woff2", crossOrigin: "anonymous" },
  { rel: "stylesheet", href: stylesheet },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
];

/** Pages name themselves; what is left are the errors that reach the root. */
export const meta: MetaFunction = ({ error }) => [
  { title: error ? `${errorTitle(error)} · Parley` : "Parley" },
];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  const toast = takeToast(args);
  return {
    theme: themeOf(args.request.headers.get("cookie")),
    toast: toast && { id: args.context.info.id, kind: toast.kind, title: toast.message },
  };
}

/** The document around every page and every error page. */
export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  const root = useRouteLoaderData<typeof loader>("root");
  return (
    <html lang="en" data-theme={themeAttribute(root?.theme ?? "system")} suppressHydrationWarning>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <Meta />
        <Links />
      </head>
      <body>
        <ProgressBar />
        {children}
        <Toaster serverToast={root?.toast} />
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}

export function ErrorBoundary() {
  return <RouteErrorPage />;
}
