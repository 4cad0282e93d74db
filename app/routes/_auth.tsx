import { Link, Outlet } from "@remix-run/react";
import { ErrorNotice } from "~/components/shell/error-page";
import { Logo } from "~/components/shell/logo";
import { SiteFooter } from "~/components/shell/site-footer";
import { SkipLink } from "~/components/ui/skip-link";

export default function AuthLayout() {
  return (
    <AuthFrame>
      <Outlet />
    </AuthFrame>
  );
}

export function ErrorBoundary() {
  return (
    <AuthFrame>
      <ErrorNotice />
    </AuthFrame>
  );
}

/** The form on the left, on wide screens what Parley promises on the right. */
function AuthFrame({ children }: { children: React.ReactNode }) {
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(30rem,5fr)_6fr]">
      <SkipLink />
      <div className="flex flex-col px-5 sm:px-10">
        <header className="flex h-18 items-center">
          <Link to="/" aria-label="Parley, home" className="rounded-md">
            <Logo />
          </Link>
        </header>
        <main id="main" className="mx-auto flex w-full max-w-form flex-1 flex-col justify-center py-8">
          {children}
        </main>
        <SiteFooter />
      </div>
      <aside
        aria-label="About Parley"
        className="relative hidden overflow-hidden border-line border-l bg-sunken lg:block"
      >
        <div
          aria-hidden="true"
          className="absolute inset-0 bg-[url(/arcs.svg)] bg-[length:720px] bg-[position:110%_110%] bg-no-repeat"
        />
        <div className="relative flex h-full max-w-xl flex-col justify-center px-16">
          <p className="font-semibold text-3xl leading-10 tracking-tight">
            Ask once. Let the right agent answer.
          </p>
          <p className="mt-4 text-ink-muted text-lg leading-8">
            Parley hands each question to the agent that fits, keeps the answer when you close the tab, and
            keeps each workspace to itself.
          </p>
        </div>
      </aside>
    </div>
  );
}
