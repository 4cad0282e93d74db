import { isRouteErrorResponse, Link, useLocation, useRouteError } from "@remix-run/react";
import { buttonClass } from "~/components/ui/button";
import { classNames } from "~/components/ui/class-names";
import { TEXT_FORBIDDEN } from "../../../server/tenants/terms";
import { Logo } from "./logo";

interface ErrorText {
  title: string;
  description: string;
}

const TEXTS: Record<number, ErrorText> = {
  403: { title: "Not for your role", description: TEXT_FORBIDDEN },
  404: {
    title: "Nothing here",
    description:
      "This page does not exist, or it is not shared with you. Check the address, or start from home.",
  },
  405: { title: "That did not fit", description: "This address does not take what was sent to it." },
  429: {
    title: "A little slower, please",
    description: "Too many requests came at once. Wait a moment and try again.",
  },
  503: {
    title: "Briefly unavailable",
    description: "Parley cannot answer right now. Nothing is lost; try again in a moment.",
  },
};

const FAULT: ErrorText = {
  title: "Something went wrong",
  description: "The fault is on our side and has been noted. Try again; if it stays, tell us what you did.",
};

/** What happened, in the words of the page's heading. */
export function errorTitle(error: unknown): string {
  return textOf(error).title;
}

/** A whole page for the error of a route, with its own `<main>` and the way home. */
export function RouteErrorPage() {
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-page flex-col px-4 sm:px-8">
      <header className="flex h-16 items-center">
        <Link to="/" aria-label="Parley, home">
          <Logo />
        </Link>
      </header>
      <main id="main" className="flex flex-1 flex-col justify-center pb-32">
        <ErrorNotice />
      </main>
    </div>
  );
}

/** The same inside a frame that still stands. */
export function ErrorNotice({ className }: { className?: string }) {
  const error = useRouteError();
  const { pathname } = useLocation();
  const text = textOf(error);
  const requestId = requestIdOf(error);
  const status = statusOf(error);
  return (
    <div className={classNames("max-w-lg", className)}>
      <p className="font-semibold text-accent-ink text-sm">Error {status}</p>
      <h1 className="mt-2 font-semibold text-3xl">{text.title}</h1>
      <p className="mt-3 text-ink-muted">{text.description}</p>
      <div className="mt-8 flex flex-wrap gap-3">
        <Link to="/" className={buttonClass()}>
          Go home
        </Link>
        {status !== 404 && (
          <a href={pathname} className={buttonClass("secondary")}>
            Try again
          </a>
        )}
      </div>
      {requestId && <p className="mt-8 text-ink-faint text-xs">Request {requestId}</p>}
    </div>
  );
}

/** The same where a page fills its frame to the edges. */
export function FullFrameErrorNotice() {
  return <ErrorNotice className="px-4 py-8 sm:px-8 sm:py-10" />;
}

function textOf(error: unknown): ErrorText {
  return TEXTS[statusOf(error)] ?? FAULT;
}

function statusOf(error: unknown): number {
  return isRouteErrorResponse(error) ? error.status : 500;
}

function requestIdOf(error: unknown): string | null {
  const body: unknown = isRouteErrorResponse(error) ? error.data : null;
  const hasId = typeof body === "object" && body !== null && "requestId" in body;
  return hasId && typeof body.requestId === "string" ? body.requestId : null;
}
