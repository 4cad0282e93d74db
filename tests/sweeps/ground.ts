// The ground every sweep stands on: two tenants with people of every role, and in the first one something of everything.
import pg from "pg";
import { afterAll } from "vitest";
import type { StartedRun } from "../../server/chat/contract";
import { sendMessage } from "../../server/chat/start-run";
import { prepareExport, startExport } from "../../server/lifecycle/exports";
import { inviteMember } from "../../server/members/invites";
import { platformDb } from "../../server/platform/db";
import { newId } from "../../server/platform/ids";
import type { ProcedureMeta } from "../../server/procedures";
import { internalRequest } from "../../server/request";
import { appRouter } from "../../server/router";
import { askForMore } from "../../server/wallet/limits/requests";
import { makeConversation } from "../factories/conversations";
import { converse } from "../factories/messages";
import { makeOperator, type Operator } from "../factories/operators";
import { makeGrant, makeRequest } from "../factories/support-access";
import { addMember, makeTenant, type TestTenant } from "../factories/tenants";
import { makeUser, type SignedIn, signIn } from "../factories/users";

export interface Ground {
  tenant: TestTenant;
  neighbour: TestTenant;
  owner: SignedIn;
  /** Admin of the same tenant. */
  colleague: SignedIn;
  viewer: SignedIn;
  /** Owner of the other tenant. */
  stranger: SignedIn;
  unverified: SignedIn;
  /** A platform admin, signed in with a second factor; member of neither tenant. */
  operator: Operator;
  /** All of them the owner's. */
  ids: {
    /** With a finished turn. */
    conversationId: string;
    userMessageId: string;
    assistantMessageId: string;
    runId: string;
    /** With a run that is waiting. */
    busyConversationId: string;
    activeRunId: string;
    deletedConversationId: string;
    sessionId: string;
    /** Ready to be downloaded. */
    exportId: string;
    /** A plain member of the owner's workspace. */
    memberId: string;
    /** Waits for its answer. */
    inviteId: string;
    /** Of two operators who are nobody else here: one may look into the workspace, one has asked to. */
    liveGrantId: string;
    grantRequestId: string;
    /** The member asks for a higher limit. */
    limitRequestId: string;
  };
}

export interface ProcedureFacts {
  type: "query" | "mutation" | "subscription";
  meta: ProcedureMeta;
}

interface Declared {
  _def: { type: ProcedureFacts["type"]; meta?: ProcedureMeta };
}

const declared = appRouter._def.procedures as unknown as Record<string, Declared>;

/** Every procedure of server/router.ts, by path. */
export const PROCEDURES: ReadonlyMap<string, ProcedureFacts> = new Map(
  Object.entries(declared).map(([path, { _def }]) => [path, { type: _def.type, meta: _def.meta ?? {} }]),
);

/** What the neighbour confirms by; the owner's workspace never has this name. */
export const NEIGHBOUR_NAME = "Loud Harbour";

export async function makeGround(): Promise<Ground> {
  const tenant = await makeTenant({ name: "Quiet Meadow" });
  const neighbour = await makeTenant({ name: NEIGHBOUR_NAME });
  const { user: colleague } = await addMember(tenant, "admin");
  const { user: viewer } = await addMember(tenant, "viewer");
  const member = await addMember(tenant);
  const { inviteId } = await inviteMember(tenant.scope, { email: "guest@ground.example", role: "member" });
  const unverified = await makeUser({ isVerified: false });
  const owner = await signIn(tenant.owner);
  return {
    tenant,
    neighbour,
    owner,
    colleague: await signIn(colleague),
    viewer: await signIn(viewer),
    stranger: await signIn(neighbour.owner),
    unverified: await signIn(unverified),
    operator: await makeOperator(),
    ids: {
      ...(await makeContent(tenant)),
      sessionId: owner.session.sessionId,
      exportId: await makeExport(owner),
      memberId: member.user.id,
      inviteId,
      liveGrantId: await makeGrant(tenant, await makeOperator("support")),
      grantRequestId: await makeRequest(tenant, await makeOperator("support")),
      limitRequestId: (await askForMore(member.scope, { extraNano: 1_000_000_000n })).id,
    },
  };
}

async function makeExport({ session }: SignedIn): Promise<string> {
  const { exportId } = await startExport(session, internalRequest());
  await prepareExport(exportId);
  return exportId;
}

async function makeContent({ scope }: TestTenant) {
  const conversationId = await makeConversation(scope, { title: "Owner's secret plan" });
  const ended: StartedRun = await converse(scope, conversationId, "Owner's secret question", {
    text: "Owner's secret answer",
    status: "stopped",
  });
  const busyConversationId = await makeConversation(scope);
  const active = await sendMessage(scope, {
    conversationId: busyConversationId,
    text: "Still waiting",
    clientMessageId: newId(),
  });
  const deletedConversationId = await makeConversation(scope, { deletedAt: new Date() });
  const { userMessageId, assistantMessageId, runId } = ended;
  return {
    conversationId,
    userMessageId,
    assistantMessageId,
    runId,
    busyConversationId,
    activeRunId: active.runId,
    deletedConversationId,
  };
}

/** The address that a workspace has now: a call of a sweep may have changed it. */
export async function slugOf({ id }: { id: string }): Promise<string> {
  return (await platformDb().tenant.findUniqueOrThrow({ where: { id }, select: { slug: true } })).slug;
}

/** Calls a procedure by its path; a subscription is opened and read to its first event. */
export async function callPath(api: object, path: string, input: unknown): Promise<unknown> {
  const procedure = path.split(".").reduce<unknown>((node, name) => Reflect.get(node as object, name), api);
  const answer = await (procedure as (input: unknown) => Promise<unknown>)(input);
  return isIterable(answer) ? firstOf(answer) : answer;
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

async function firstOf(events: AsyncIterable<unknown>): Promise<unknown> {
  for await (const event of events) return event;
  return undefined;
}

/** Tables that a refused request may touch, each with the reason. Every other table of the product is looked at. */
const ASIDE: Record<string, string> = {
  audit_checkpoints: "sealed by a job",
  audit_heads: "the end of the log",
  audit_logs: "the log: refusals are on record",
  audit_personal: "the log's personal part",
  billing_stream_places: "counts open billing pages",
  instances: "heartbeats of processes",
  login_failures: "counts failed sign-ins",
  network_failures: "counts failed sign-ins by network",
  rate_limit_windows: "counts requests",
  stream_leases: "counts open streams",
  user_login_events: "the log of sign-ins",
};

/** Columns that say when somebody was last seen, and where: reading moves them. */
const MOVING = ["last_seen_at", "active_tenant_id", "idle_expires_at", "known_prefix_hashes"];

const TABLES_SQL = `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname`;

// One connection for all digests of a file, with their statements prepared: a sweep takes hundreds of them. A worker for
// each of many small tables would cost more than the reading.
const digests = new pg.Pool({
  connectionString: process.env["TEST_SUPERUSER_URL"],
  options: "-c max_parallel_workers_per_gather=0",
  max: 1,
});
afterAll(() => digests.end());

/** A digest of all rows of all tables, for "nothing changed"; logs, counters, last-seen times and what is named aside. */
export async function digestOf(aside: string[] = []): Promise<string> {
  const names = (await tableNames()).filter((name) => ASIDE[name] === undefined && !aside.includes(name));
  const text = `${names.map(digestSql).join(" UNION ALL ")} ORDER BY line`;
  const { rows } = await digests.query<{ line: string }>({ name: `digest ${aside}`, text, values: [MOVING] });
  return rows.map(({ line }) => line).join("\n");
}

let known: Promise<string[]> | undefined;

function tableNames(): Promise<string[]> {
  known ??= digests.query<{ name: string }>(TABLES_SQL).then(({ rows }) => {
    const names = rows.map(({ name }) => name);
    const unknown = Object.keys(ASIDE).filter((name) => !names.includes(name));
    if (unknown.length > 0) throw new Error(`set aside, but not there: ${unknown.join(", ")}`);
    return names;
  });
  return known;
}

function digestSql(table: string): string {
  return `SELECT '${table}:' || coalesce(md5(string_agg(r.text, '|' ORDER BY r.text)), 'empty') AS line
    FROM (SELECT (to_jsonb(t) - $1::text[])::text AS text FROM "${table}" t) r`;
}
