// Invites as operators handle them: made, listed by what became of them, taken back. A secret is answered once, by the
// call that makes it.

import { recordAudit } from "../audit/log";
import { emailsOf } from "../auth/account/names";
import { appLink } from "../auth/mail-layout";
import type { SignedInCaller } from "../auth/sign-in/password-prompt";
import { now } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import type { Prisma } from "../platform/prisma/client";
import type { CreateInvite, ListInvites } from "./contract";
import { createInvite } from "./invites";
import { type InviteState, TEXT_INVITE_NOT_ACTIVE, TEXT_NO_SUCH_WORKSPACE } from "./terms";

export interface InviteItem {
  id: string;
  /** The last characters of the secret. */
  hint: string;
  state: InviteState;
  email: string | null;
  note: string | null;
  tenant: string | null;
  createdAt: string;
  createdBy: string | null;
  expiresAt: string;
  usedAt: string | null;
  usedBy: string | null;
  revokedAt: string | null;
  revokedBy: string | null;
  /** Sign-ups that were begun with it, newest first. */
  attempts: { at: string; outcome: "used" | "let_go" | "held" | "ran_out" }[];
}

const ATTEMPTS_SHOWN = 10;

/** Makes an invite and answers its link, which cannot be read again. Throws `invalid` for an unknown workspace. */
export async function makeInvite(caller: SignedInCaller, input: CreateInvite) {
  const { tenantSlug, ...invite } = input;
  const joinsTenantId = tenantSlug === undefined ? undefined : await tenantIdOf(tenantSlug);
  const by = { type: "operator" as const, id: caller.session.userId };
  const { id, token, expiresAt } = await createInvite({ ...invite, joinsTenantId }, by, caller.request);
  const link = appLink("/register", { invite: token });
  return { inviteId: id, link, expiresAt: expiresAt.toISOString() };
}

/** A page of invites in one state, newest first. */
export async function listInvites({ state, page, pageSize }: ListInvites) {
  const where = whereOf(state);
  const [total, rows] = await platformDb().$transaction([
    platformDb().signupInvite.count({ where }),
    platformDb().signupInvite.findMany({
      where,
      include: INVITE_ITEM,
      omit: { secretHash: true },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
  ]);
  const people = await emailsOf(rows.flatMap((row) => [row.createdBy, row.usedBy, row.revokedBy]));
  const items = rows.map((row) => itemOf(row, { state, people }));
  return { items, total, page, pageSize, pages: Math.ceil(total / pageSize) };
}

/** Takes back an invite that nobody has used. Throws `conflict` when it is not open any more. */
export async function revokeInvite(caller: SignedInCaller, inviteId: string): Promise<void> {
  await db().$transaction(async (tx) => {
    const { count } = await tx.signupInvite.updateMany({
      where: { id: inviteId, ...whereOf("active") },
      data: { revokedAt: now(), revokedBy: caller.session.userId },
    });
    if (count === 0) throw await revokeRefusal(tx, inviteId);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "operator", id: caller.session.userId },
      action: "invite.revoke",
      category: "signup",
      target: { type: "signup_invite", id: inviteId },
      request: caller.request,
    });
  });
}

// Operators name a workspace by its address; only the platform role sees them all.
async function tenantIdOf(slug: string): Promise<string> {
  const tenant = await platformDb().tenant.findUnique({ where: { slug }, select: { id: true } });
  if (tenant) return tenant.id;
  throw new AppError("invalid", TEXT_NO_SUCH_WORKSPACE, { fields: { tenantSlug: TEXT_NO_SUCH_WORKSPACE } });
}

async function revokeRefusal(tx: Prisma.TransactionClient, id: string): Promise<AppError> {
  const count = await tx.signupInvite.count({ where: { id } });
  return count === 0 ? notFound("Invite") : new AppError("conflict", TEXT_INVITE_NOT_ACTIVE);
}

function whereOf(state: InviteState): Prisma.SignupInviteWhereInput {
  const open = { usedAt: null, revokedAt: null };
  if (state === "used") return { usedAt: { not: null } };
  if (state === "revoked") return { revokedAt: { not: null } };
  return { ...open, expiresAt: state === "active" ? { gt: now() } : { lte: now() } };
}

const INVITE_ITEM = {
  joinsTenant: { select: { name: true } },
  reservations: { orderBy: { reservedAt: "desc" }, take: ATTEMPTS_SHOWN },
} satisfies Prisma.SignupInviteInclude;

type InviteRow = Prisma.SignupInviteGetPayload<{ include: typeof INVITE_ITEM; omit: { secretHash: true } }>;

function itemOf(
  row: InviteRow,
  { state, people }: { state: InviteState; people: Map<string, string> },
): InviteItem {
  const nameOf = (id: string | null) => id && (people.get(id) ?? id);
  const { id, hint, email, note } = row;
  return {
    ...{ id, hint, email, note, state },
    tenant: row.joinsTenant?.name ?? null,
    createdAt: row.createdAt.toISOString(),
    createdBy: nameOf(row.createdBy),
    expiresAt: row.expiresAt.toISOString(),
    usedAt: row.usedAt?.toISOString() ?? null,
    usedBy: nameOf(row.usedBy),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    revokedBy: nameOf(row.revokedBy),
    attempts: row.reservations.map((attempt) => ({
      at: attempt.reservedAt.toISOString(),
      outcome: outcomeOf(attempt),
    })),
  };
}

function outcomeOf(attempt: InviteRow["reservations"][number]): InviteItem["attempts"][number]["outcome"] {
  if (attempt.finalizedAt) return "used";
  if (attempt.releasedAt) return "let_go";
  return attempt.expiresAt > now() ? "held" : "ran_out";
}
