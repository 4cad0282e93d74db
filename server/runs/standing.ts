// What stands when an owner begins: the text a continued message already has, what subscribers have been shown so far,
// and the person's time zone.

import { db } from "../platform/db";
import { queryTenant } from "../platform/tenant-db";
import { type Activity, emptyTranscript, foldEvents, type RunEvent, type TranscriptBase } from "./fold";
import type { ClaimedRun } from "./owner/claims";

export interface Standing {
  /** Before the run's first event. */
  base: TranscriptBase;
  /** After the committed events of all owners. */
  shown: TranscriptBase;
  timeZone: string;
}

const MESSAGE = {
  name: "run_standing_message",
  text: "SELECT content, activity FROM messages WHERE tenant_id = $1 AND id = $2",
};

const EVENTS = {
  name: "run_standing_events",
  text: "SELECT data FROM run_events WHERE tenant_id = $1 AND run_id = $2 ORDER BY fence, sequence",
};

/** Reads what earlier owners, and an earlier run of a continued message, have left. */
export async function readStanding(run: ClaimedRun): Promise<Standing> {
  const [message, events, profile] = await Promise.all([
    queryTenant<{ content: string; activity: Activity[] }>(run.scope, {
      ...MESSAGE,
      values: [run.scope.tenantId, run.assistantMessageId],
    }),
    run.fence > 1 ? readEvents(run) : [],
    db().userProfile.findUnique({ where: { userId: run.scope.userId }, select: { timeZone: true } }),
  ]);
  const base = baseOf(run, message[0]);
  return { base, shown: foldEvents(events, base), timeZone: profile?.timeZone ?? "UTC" };
}

async function readEvents(run: ClaimedRun): Promise<RunEvent[]> {
  const rows = await queryTenant<{ data: RunEvent }>(run.scope, {
    ...EVENTS,
    values: [run.scope.tenantId, run.id],
  });
  return rows.map((row) => row.data);
}

function baseOf(run: ClaimedRun, message: { content: string; activity: Activity[] } | undefined) {
  if (!message || run.baseTextLength === 0) return emptyTranscript();
  return emptyTranscript({ text: message.content.slice(0, run.baseTextLength), activity: message.activity });
}
