import { useEffect, useState } from "react";
import { useSession } from "~/session";
import type { ReadingOfTimes } from "../../../server/auth/terms";

export interface LocalTimeProps {
  /** ISO 8601, UTC. */
  value: string;
  /** With the time of day; otherwise the date alone. */
  hasTime?: boolean;
}

const AS_THE_BROWSER: ReadingOfTimes = { timeZone: null, locale: null, hourCycle: "auto" };
const ON_THE_SERVER: ReadingOfTimes = { timeZone: "UTC", locale: "en-GB", hourCycle: "auto" };

/**
 * A moment in the person's own zone and language. What they have not chosen is the browser's; until that takes over, it
 * is UTC, and it says so.
 */
export function LocalTime({ value, hasTime = false }: LocalTimeProps) {
  const chosen = useSession()?.times ?? AS_THE_BROWSER;
  const [isBrowser, setIsBrowser] = useState(false);
  useEffect(() => setIsBrowser(true), []);
  const isChosen = chosen.timeZone !== null && chosen.locale !== null;
  return (
    // The server's and the browser's Intl may space the same words differently.
    <time dateTime={value} suppressHydrationWarning>
      {isBrowser || isChosen ? format(value, hasTime, chosen) : formatOnServer(value, hasTime, chosen)}
    </time>
  );
}

function format(value: string, hasTime: boolean, { locale, timeZone, hourCycle }: ReadingOfTimes): string {
  return new Intl.DateTimeFormat(locale ?? undefined, {
    dateStyle: "medium",
    ...(hasTime && { timeStyle: "short" }),
    ...(timeZone !== null && { timeZone }),
    ...(hasTime && hourCycle !== "auto" && { hour12: hourCycle === "12" }),
  }).format(new Date(value));
}

function formatOnServer(value: string, hasTime: boolean, chosen: ReadingOfTimes): string {
  const { timeZone, locale } = chosen;
  const text = format(value, hasTime, {
    ...chosen,
    timeZone: timeZone ?? ON_THE_SERVER.timeZone,
    locale: locale ?? ON_THE_SERVER.locale,
  });
  return hasTime && timeZone === null ? `${text} UTC` : text;
}
