import { Link } from "@remix-run/react";
import { classNames } from "~/components/ui/class-names";
import { LocalTime } from "~/components/ui/local-time";
import type { Notice } from "../../../server/wallet/limits/notices";
import { METER_NOUNS } from "./words";

export interface LimitBannerProps {
  notices: { items: readonly Notice[]; mayAct: boolean };
  slug: string;
  hasBilling: boolean;
}

interface Words {
  text: string;
  /** An instant that the text ends with. */
  until?: string;
  tone: "calm" | "warning" | "danger";
  /** Where those who may act do. */
  page: "limits" | "billing" | "billing/plan";
  act: string;
  /** What somebody does who may not act. */
  otherwise?: { label: string; page: "limits" };
}

const TONE_CLASSES = {
  calm: "bg-sunken text-ink",
  warning: "bg-warning-soft text-warning-ink",
  danger: "bg-danger-soft text-danger-ink",
};

/** Says on every page of a workspace that money is about to hold people up, or does; the way out to those who may take it. */
export function LimitBanner({ notices: { items, mayAct }, slug, hasBilling }: LimitBannerProps) {
  if (items.length === 0) return null;
  return (
    <section aria-label="Limits" className="shrink-0">
      {items.map(wordsOf).map(({ text, until, tone, page, act, otherwise }) => (
        <p key={text} className={classNames("border-line border-b px-4 py-2 text-sm", TONE_CLASSES[tone])}>
          {text}{" "}
          {until !== undefined && (
            <>
              <LocalTime value={until} />.{" "}
            </>
          )}
          {mayAct && (page === "limits" || hasBilling) && <Act to={`/t/${slug}/${page}`} label={act} />}
          {!mayAct && otherwise && <Act to={`/t/${slug}/${otherwise.page}`} label={otherwise.label} />}
        </p>
      ))}
    </section>
  );
}

function Act({ to, label }: { to: string; label: string }) {
  return (
    <Link to={to} className="whitespace-nowrap font-medium underline underline-offset-2">
      {label}
    </Link>
  );
}

function wordsOf(notice: Notice): Words {
  if (notice.kind === "payment") return paymentWords(notice);
  if (notice.kind === "cap") return capWords(notice);
  if (notice.kind === "allowance") return allowanceWords(notice);
  const page = "billing" as const;
  return notice.isUsedUp
    ? {
        ...{ text: "The reserve is used up.", tone: "danger", page, act: "Open billing" },
      }
    : { ...{ text: "The reserve is low.", tone: "warning", page, act: "Top it up" } };
}

function paymentWords({ until }: Extract<Notice, { kind: "payment" }>): Words {
  const common = { page: "billing/plan" as const, act: "Look at the payment" };
  return until === null
    ? { ...common, text: "The plan is not paid: calls are refused.", tone: "danger" }
    : { ...common, text: "A payment failed. Calls are refused from", until, tone: "warning" };
}

function capWords({ whose, percent, isStopped }: Extract<Notice, { kind: "cap" }>): Words {
  const limit = whose === "own" ? "your monthly spending limit" : "the workspace's monthly spending limit";
  const common = {
    page: "limits" as const,
    act: "Adjust limits",
    otherwise: { label: "Ask an admin to raise it", page: "limits" as const },
  };
  if (isStopped)
    return { ...common, text: `${capital(limit)} is reached: calls are refused.`, tone: "danger" };
  const text = percent === 100 ? `${capital(limit)} is passed.` : `${percent} % of ${limit} is spent.`;
  return { ...common, text, tone: percent === 50 ? "calm" : "warning" };
}

function allowanceWords({ meter, percent, isStopped }: Extract<Notice, { kind: "allowance" }>): Words {
  const common = { page: "billing" as const, act: "See the plan" };
  const noun = METER_NOUNS[meter];
  if (isStopped) return { ...common, text: `The plan's ${noun} are used up for this month.`, tone: "danger" };
  if (percent === 100)
    return {
      ...common,
      text: `The plan's ${noun} are used up; calls are paid from the reserve.`,
      tone: "calm",
    };
  return { ...common, text: `${percent} % of the plan's ${noun} are used.`, tone: "warning" };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
