import { useEffect, useState } from "react";

export interface LocalTimeProps {
  /** ISO 8601, UTC. */
  value: string;
  /** With the time of day; otherwise the date alone. */
  hasTime?: boolean;
}

/** A moment in the reader's own zone and language; until the browser takes over, in UTC, and it says so. */
export function LocalTime({ value, hasTime = false }: LocalTimeProps) {
  const [isLocal, setIsLocal] = useState(false);
  useEffect(() => setIsLocal(true), []);
  return <time dateTime={value}>{isLocal ? format(value, hasTime) : formatUtc(value, hasTime)}</time>;
}

function format(
  value: string,
  hasTime: boolean,
  options: { locale?: string; timeZone?: string } = {},
): string {
  return new Intl.DateTimeFormat(options.locale, {
    dateStyle: "medium",
    ...(hasTime && { timeStyle: "short" }),
    ...(options.timeZone && { timeZone: options.timeZone }),
  }).format(new Date(value));
}

function formatUtc(value: string, hasTime: boolean): string {
  const text = format(value, hasTime, { locale: "en-GB", timeZone: "UTC" });
  return hasTime ? `${text} UTC` : text;
}
