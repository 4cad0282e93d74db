import { Outlet } from "@remix-run/react";
import { Logo } from "~/components/shell/logo";
import { SkipLink } from "~/components/ui/skip-link";

/** The frame of the development outbox. */
export default function OutboxLayout() {
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-3xl flex-col px-5">
      <SkipLink />
      <header className="flex h-16 items-center">
        <Logo />
      </header>
      <main id="main" tabIndex={-1} className="flex-1 py-8 outline-none">
        <Outlet />
      </main>
    </div>
  );
}
