// A run's events as the database has them, for those who watch it.

import { notFound } from "../../platform/errors";
import { queryTenant, type TenantScope } from "../../platform/tenant-db";
import {
  type Activity,
  emptyTranscript,
  foldEvents,
  type RunEvent,
  type TerminalEvent,
  type TranscriptBase,
} from "../fold";

/** Where a subscriber stands: everything up to this event has been received. */
export interface Position {
  fence: number;
  sequence: number;
}

export interface PlacedEvent extends Position {
  event: RunEvent;
}

export const START: Position = { fence: 0, sequence: 0 };
const PAGE_ROWS = 500;

const OWN_RUN = {
  name: "run_watch_own",
  text: `
  SELECT r.fence, r.status, r.error_reason, r.error_message, r.base_text_length, r.assistant_message_id, m.content, m.activity
    FROM runs r
    JOIN conversations c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id AND c.deleted_at IS NULL
    JOIN messages m ON m.tenant_id = r.tenant_id AND m.id = r.assistant_message_id
   WHERE r.tenant_id = $1 AND r.user_id = $2 AND r.id = $3`,
};

const AFTER = {
  name: "run_events_after",
  text: `
  SELECT fence, sequence, data FROM run_events
   WHERE tenant_id = $1 AND run_id = $2 AND (fence, sequence) > ($3, $4)
   ORDER BY fence, sequence LIMIT $5`,
};

const NEAR = {
  name: "run_events_near",
  text: `
  SELECT EXISTS (SELECT 1 FROM run_events
                  WHERE tenant_id = $1 AND run_id = $2 AND fence = $3 AND sequence = $4) AS is_known,
         EXISTS (SELECT 1 FROM run_events WHERE tenant_id = $1 AND run_id = $2 AND fence > $3) AS is_superseded`,
};

export interface WatchedRun {
  status: string;
  fence: number;
  /** What the message showed before the run. */
  base: TranscriptBase;
  /** What the message shows now. */
  stored: TranscriptBase;
  /** How the run ended, when it has. */
  ending: TerminalEvent | null;
}

/** One of the person's own runs; anything else is `not_found`. */
export async function getWatchedRun(scope: TenantScope, runId: string): Promise<WatchedRun> {
  const [row] = await queryTenant<RunRow & Record<string, unknown>>(scope, {
    ...OWN_RUN,
    values: [scope.tenantId, scope.userId, runId],
  });
  if (!row) throw notFound("Run");
  const stored = emptyTranscript({ text: row.content, activity: row.activity });
  const base =
    row.base_text_length > 0 ? { ...stored, text: row.content.slice(0, row.base_text_length) } : {};
  return {
    status: row.status,
    fence: row.fence,
    base: emptyTranscript(base),
    stored,
    ending: endingOf(row),
  };
}

/** The committed events after a position, at most one page of them. */
export async function eventsAfter(scope: TenantScope, runId: string, at: Position): Promise<PlacedEvent[]> {
  const rows = await queryTenant<{ fence: number; sequence: number; data: RunEvent }>(scope, {
    ...AFTER,
    values: [scope.tenantId, runId, at.fence, at.sequence, PAGE_ROWS],
  });
  return rows.map(({ fence, sequence, data }) => ({ fence, sequence, event: data }));
}

/** Whether the events after this position lead on from it: it is committed, or a later owner starts over anyway. */
export async function leadsOn(scope: TenantScope, runId: string, at: Position): Promise<boolean> {
  if (at.sequence === 0) return true;
  const [row] = await queryTenant<{ is_known: boolean; is_superseded: boolean }>(scope, {
    ...NEAR,
    values: [scope.tenantId, runId, at.fence, at.sequence],
  });
  return row?.is_known === true || row?.is_superseded === true;
}

/** All committed events as one `reset`, placed where they end. */
export async function eventsAsReset(
  scope: TenantScope,
  runId: string,
  base: TranscriptBase,
): Promise<PlacedEvent> {
  let at = START;
  let transcript = emptyTranscript(base);
  for (;;) {
    const page = await eventsAfter(scope, runId, at);
    const open = page.filter(({ event }) => event.type !== "final" && event.type !== "error");
    transcript = foldEvents(
      open.map(({ event }) => event),
      transcript,
    );
    at = open.at(-1) ?? at;
    if (page.length < PAGE_ROWS) break;
  }
  const { text, activity, usage } = transcript;
  return { ...at, fence: Math.max(at.fence, 1), event: { type: "reset", text, activity, usage } };
}

interface RunRow {
  fence: number;
  status: string;
  error_reason: string | null;
  error_message: string | null;
  base_text_length: number;
  assistant_message_id: string;
  content: string;
  activity: Activity[];
}

function endingOf(row: RunRow): TerminalEvent | null {
  const { status } = row;
  if (status === "queued" || status === "running") return null;
  if (status === "complete" || status === "stopped") {
    return { type: "final", messageId: row.assistant_message_id, status };
  }
  return { type: "error", reason: row.error_reason ?? "interrupted", message: row.error_message ?? "" };
}
