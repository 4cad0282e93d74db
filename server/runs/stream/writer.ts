// Events reach subscribers at once and the database in groups: one statement for all runs of this process, begun at
// most 20 ms after an event and so committed within 50 ms. The statement writes only for runs still owned under the
// fence of their events, which cannot be deleted meanwhile, and brings back who was lost or stopped. It spans tenants,
// hence the platform role.

import { sleep } from "../../platform/clock";
import { platformPool } from "../../platform/db";
import { logger } from "../../platform/logger";
import type { RunEvent } from "../fold";
import type { ClaimedRun } from "../owner/claims";
import type { RunControl } from "../owner/control";

export interface EventRow {
  sequence: number;
  event: RunEvent;
}

interface Entry {
  run: ClaimedRun;
  control: RunControl;
  row: EventRow;
}

const GROUP_MS = 20;
const RETRY_MS = 100;
const ROWS_MAX = 2_000;

const log = logger("chat.runs");

const WRITE = {
  name: "run_events_write",
  text: `
  WITH batch AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
      AS e (tenant_id uuid, run_id uuid, fence int, sequence int, data jsonb)
  ), named AS (
    SELECT DISTINCT tenant_id, run_id, fence FROM batch
  ), owned AS (
    SELECT r.tenant_id, r.id, r.fence, r.stop_requested_at FROM runs r
      JOIN named n ON n.tenant_id = r.tenant_id AND n.run_id = r.id AND n.fence = r.fence
     WHERE r.status = 'running'
       FOR KEY SHARE OF r
  ), written AS (
    INSERT INTO run_events (tenant_id, run_id, fence, sequence, data)
    SELECT b.tenant_id, b.run_id, b.fence, b.sequence, b.data FROM batch b
      JOIN owned o ON o.tenant_id = b.tenant_id AND o.id = b.run_id AND o.fence = b.fence
    ON CONFLICT DO NOTHING
  )
  SELECT n.run_id AS id, n.fence, o.id IS NULL AS is_lost
    FROM named n LEFT JOIN owned o ON o.tenant_id = n.tenant_id AND o.id = n.run_id AND o.fence = n.fence
   WHERE o.id IS NULL OR o.stop_requested_at IS NOT NULL`,
};

/** Collects the events of all runs of this process and commits them in groups. */
export class EventWriter {
  /** In the order in which they came, and so each run's in the order of its stream. */
  private waiting: Entry[] = [];
  /** What is being written. */
  private group: Entry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  /** When the oldest event came that is in no group yet. */
  private waitingSinceMs: number | undefined;

  /** Puts an event in the next group. */
  add(run: ClaimedRun, control: RunControl, row: EventRow): void {
    this.waiting.push({ run, control, row });
    this.waitingSinceMs ??= performance.now();
    this.schedule();
  }

  /** The events of a run that no group has committed; they are the caller's to write from here on. */
  async take(run: ClaimedRun): Promise<EventRow[]> {
    while (this.writing) await this.writing;
    const own = this.waiting.filter((entry) => isOf(run, entry.run));
    this.drop(run);
    return own.map(({ row }) => row);
  }

  /** Resolves when the events of a run so far are committed, or a second has passed. */
  async flush(run: ClaimedRun): Promise<void> {
    const isOwn = (entry: Entry) => isOf(run, entry.run);
    const isPending = () => this.group.some(isOwn) || this.waiting.some(isOwn);
    for (let tries = 0; tries < 10 && isPending(); tries += 1) {
      await (this.writing ?? sleep(RETRY_MS));
    }
    this.drop(run);
  }

  // What comes while a group is being written waits for its own moment too: groups stay few, however quick they are.
  private schedule(): void {
    if (this.timer || this.writing) return;
    const waitedMs = this.waitingSinceMs === undefined ? GROUP_MS : performance.now() - this.waitingSinceMs;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.writing = this.write().finally(() => {
          this.writing = undefined;
          if (this.waiting.length > 0) this.schedule();
        });
      },
      Math.max(0, GROUP_MS - waitedMs),
    );
  }

  private async write(): Promise<void> {
    const group = this.waiting.splice(0, ROWS_MAX);
    this.group = group;
    this.waitingSinceMs = undefined;
    if (group.length === 0) return;
    try {
      const { rows } = await platformPool().query<EndedRow>({ ...WRITE, values: [toJson(group)] });
      for (const ended of rows) this.tellOwner(ended);
      this.group = [];
    } catch (error) {
      log.warn(
        { event: "run.write_failed", err: error, events: group.length },
        "events wait for the database",
      );
      this.waiting = [...group, ...this.waiting];
      this.group = [];
      await sleep(RETRY_MS);
    }
  }

  private tellOwner(ended: EndedRow): void {
    const entry = this.group.find(({ run }) => isOf(run, ended));
    if (!ended.is_lost) entry?.control.stop();
    else if (entry) {
      this.drop(entry.run);
      entry.control.endAs("lost");
    }
  }

  private drop(run: ClaimedRun): void {
    this.waiting = this.waiting.filter((entry) => !isOf(run, entry.run));
  }
}

type Owned = Pick<ClaimedRun, "id" | "fence">;

// A process that lost a run and claimed it again has both of its owners here for a moment.
function isOf(run: Owned, other: Owned): boolean {
  return run.id === other.id && run.fence === other.fence;
}

/** A run that goes on no longer: it has another owner, or an end, or somebody stopped it. */
interface EndedRow {
  id: string;
  fence: number;
  is_lost: boolean;
}

function toJson(group: Entry[]): string {
  return JSON.stringify(
    group.map(({ run, row }) => ({
      tenant_id: run.scope.tenantId,
      run_id: run.id,
      fence: run.fence,
      sequence: row.sequence,
      data: row.event,
    })),
  );
}
