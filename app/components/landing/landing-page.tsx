import { Link } from "@remix-run/react";
import { ArrowRight, FileDown, Plug, Route, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { Logo } from "~/components/shell/logo";
import { SiteFooter } from "~/components/shell/site-footer";
import { buttonClass } from "~/components/ui/button";
import { SkipLink } from "~/components/ui/skip-link";
import { ProductPicture } from "./product-picture";

/** The public start page. It promises only what the product does. */
export function LandingPage({ needsInvite }: { needsInvite: boolean }) {
  return (
    <div className="mx-auto w-full max-w-6xl px-5 sm:px-8">
      <SkipLink />
      <header className="flex h-18 items-center justify-between gap-4">
        <Link to="/" aria-label="Parley, home" className="rounded-md">
          <Logo />
        </Link>
        <nav aria-label="Account" className="flex gap-2">
          <Link to="/login" className={buttonClass("ghost")}>
            Sign in
          </Link>
          <Link
            to={needsInvite ? "/request-access" : "/register"}
            className={`${buttonClass("secondary")} max-sm:hidden`}
          >
            {needsInvite ? "Request access" : "Create account"}
          </Link>
        </nav>
      </header>
      <main id="main">
        <Hero needsInvite={needsInvite} />
        <Strengths />
      </main>
      <div className="border-line border-t">
        <SiteFooter />
      </div>
    </div>
  );
}

function Hero({ needsInvite }: { needsInvite: boolean }) {
  return (
    <section className="grid items-center gap-12 py-14 sm:py-20 lg:grid-cols-[6fr_7fr] lg:gap-16">
      <div>
        <h1 className="font-semibold text-4xl leading-[1.1] tracking-[-0.03em] sm:text-[52px]">
          AI chat your company can account for.
        </h1>
        <p className="mt-6 max-w-xl text-ink-muted text-lg leading-8">
          Ask once. Parley hands the question to the agent that fits, shows what it did, and keeps the answer
          safe when you close the tab.
        </p>
        <div className="mt-9 flex flex-wrap items-center gap-3">
          <Link to={needsInvite ? "/request-access" : "/register"} className={buttonClass("primary", "lg")}>
            {needsInvite ? "Request access" : "Create your workspace"}
            <ArrowRight aria-hidden="true" className="size-4" />
          </Link>
          <Link to="/login" className={buttonClass("secondary", "lg")}>
            Sign in
          </Link>
        </div>
      </div>
      <ProductPicture />
    </section>
  );
}

function Strengths() {
  return (
    <section aria-labelledby="strengths" className="border-line border-t py-16">
      <h2 id="strengths" className="max-w-xl font-semibold text-2xl">
        Built for work that has to hold up.
      </h2>
      <div className="mt-10 grid gap-x-12 gap-y-10 sm:grid-cols-2">
        <Strength icon={<Route />} title="The right agent speaks">
          Triage hands over to a code assistant or a data analyst, and says so. Every tool call opens to what
          went in and what came out.
        </Strength>
        <Strength icon={<Plug />} title="Answers outlive the tab">
          Close the laptop in mid-sentence. The answer is written on, survives restarts, and waits where you
          left it.
        </Strength>
        <Strength icon={<ShieldCheck />} title="Workspaces stay apart">
          The database itself refuses to mix them. A conversation is its author's until it is shared on
          purpose.
        </Strength>
        <Strength icon={<FileDown />} title="Find it, take it along">
          Search every message you wrote or received. Edit and rerun without losing a version. Export as
          Markdown or JSON.
        </Strength>
      </div>
    </section>
  );
}

function Strength({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className="flex gap-4">
      <span
        aria-hidden="true"
        className="mt-0.5 h-fit rounded-md bg-accent-soft p-2 text-accent-ink [&_svg]:size-5"
      >
        {icon}
      </span>
      <div>
        <h3 className="font-semibold">{title}</h3>
        <p className="mt-1.5 max-w-md text-ink-muted">{children}</p>
      </div>
    </div>
  );
}
