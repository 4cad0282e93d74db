import { Link } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { TenantAuditItem } from "../../../server/tenants/audit-log";
import { actorOf, changesOf, deedOf } from "./sentences";

interface AuditListProps {
  entries: readonly TenantAuditItem[];
}

/** A sentence per entry, newest first; a person's name leads to what else they did. */
export function AuditList({ entries }: AuditListProps) {
  return (
    <ol className="divide-y divide-line">
      {entries.map((entry) => (
        <li key={entry.id} className="px-5 py-3.5 text-sm sm:px-6">
          <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
            <p className="min-w-0 flex-1 basis-72 [overflow-wrap:anywhere]">
              <Actor entry={entry} /> {deedOf(entry)}
              {entry.result === "failure" && (
                <Badge tone="warning" className="ml-2">
                  refused
                </Badge>
              )}
            </p>
            <span className="whitespace-nowrap text-ink-muted text-xs">
              <LocalTime value={entry.at} hasTime />
            </span>
          </div>
          <Changes entry={entry} />
          <Details entry={entry} />
        </li>
      ))}
    </ol>
  );
}

function Actor({ entry }: { entry: TenantAuditItem }) {
  if (entry.actorName === null || entry.actorId === null) {
    return <strong className="font-medium">{actorOf(entry)}</strong>;
  }
  return (
    <Link to={`?actor=${entry.actorId}`} className={`${TEXT_LINK_CLASS} font-medium`}>
      {actorOf(entry)}
    </Link>
  );
}

function Changes({ entry }: { entry: TenantAuditItem }) {
  const changes = changesOf(entry);
  if (changes.length === 0 || entry.action === "tenant.change_slug") return null;
  return (
    <ul className="mt-1.5 flex flex-col gap-0.5 text-[13px] text-ink-muted [overflow-wrap:anywhere]">
      {changes.map(({ field, before, after }) => (
        <li key={field}>
          <span className="first-letter:uppercase">{field}</span>: <del>{before}</del>{" "}
          <span className="sr-only">became</span>
          <span aria-hidden="true">→</span> <ins className="text-ink no-underline">{after}</ins>
        </li>
      ))}
    </ul>
  );
}

function Details({ entry }: { entry: TenantAuditItem }) {
  const facts: [string, string | null][] = [
    ["Action", entry.action],
    ["Address", entry.ip],
    ["Browser", entry.userAgent],
    ["On", entry.targetType && `${entry.targetType} ${entry.targetId ?? ""}`],
    ["Data", Object.keys(entry.metadata).length > 0 ? JSON.stringify(entry.metadata) : null],
  ];
  return (
    <details className="mt-1 text-[13px] text-ink-muted">
      <summary className="inline-block cursor-pointer pointer-coarse:py-2.5">
        Entry {entry.seq}
        <span className="sr-only">: {deedOf(entry)}</span>
      </summary>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 [overflow-wrap:anywhere]">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name} className="contents">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </details>
  );
}
