// Machine accounts. The catalogue's are there when they are first used; a workspace makes its own, with the scopes their
// tokens may carry at most. A disabled account's tokens are refused at once, and count again when it is enabled.

import { recordAudit } from "../audit/log";
import { announceStanding } from "../auth/session/standing";
import { now } from "../platform/clock";
import { isUniqueViolation } from "../platform/db-errors";
import { AppError, notFound } from "../platform/errors";
import { newId } from "../platform/ids";
import type { Prisma, ServiceAccount } from "../platform/prisma/client";
import { withUser } from "../platform/tenant-db";
import type { CreateAccount, SetAccountDisabled } from "./contract";
import { inPlace, type Person, type Place, placeOf, requireOwnRights } from "./issuer";
import {
  ACCOUNTS_PER_TENANT_MAX,
  catalogued,
  type MachineScope,
  OWN_ACCOUNT_REFRESH_VALID_DAYS,
} from "./terms";

export interface AccountSummary {
  id: string;
  name: string;
  description: string;
  scopes: MachineScope[];
  tenant: { slug: string; name: string };
  isCatalogued: boolean;
  isDisabled: boolean;
  createdAt: string;
}

/** How long this account's refresh tokens live, in days. */
export function refreshValidDays({
  name,
  isCatalogued,
}: Pick<ServiceAccount, "name" | "isCatalogued">): number {
  const known = isCatalogued ? catalogued(name) : undefined;
  return known?.refreshValidDays ?? OWN_ACCOUNT_REFRESH_VALID_DAYS;
}

/** The accounts of all workspaces whose machines the person manages, by workspace and name. */
export async function listAccounts(userId: string): Promise<{ items: AccountSummary[] }> {
  const rows = await withUser(userId, (tx) =>
    tx.serviceAccount.findMany({
      where: { tenantId: { not: null } },
      include: { tenant: { select: { slug: true, name: true } } },
      orderBy: [{ tenant: { name: "asc" } }, { name: "asc" }],
    }),
  );
  return {
    items: rows.map(({ id, name, description, scopes, tenant, isCatalogued, disabledAt, createdAt }) => ({
      id,
      name,
      description,
      scopes: scopes as MachineScope[],
      tenant: tenant ?? { slug: "", name: "" },
      isCatalogued,
      isDisabled: disabledAt !== null,
      createdAt: createdAt.toISOString(),
    })),
  };
}

/** Makes an account of a workspace. Throws `conflict` when its name is taken or the workspace has enough of them. */
export async function createAccount(person: Person, input: CreateAccount): Promise<{ accountId: string }> {
  const place = await placeOf(person, input.tenant);
  requireOwnRights(place, input.scopes);
  if (catalogued(input.name)) throw nameTaken("Every workspace has an account of this name already.");
  const { userId } = person.session;
  const id = newId();
  const { name, description, scopes } = input;
  await inPlace(place, userId, async (tx) => {
    // Serialised per workspace: of two at once, the second one counts the first.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`machines|${place.tenantId}`}, 0))::text`;
    const count = await tx.serviceAccount.count({ where: { tenantId: place.tenantId } });
    if (count >= ACCOUNTS_PER_TENANT_MAX) {
      throw new AppError("conflict", `A workspace has at most ${ACCOUNTS_PER_TENANT_MAX} accounts.`);
    }
    await tx.serviceAccount.create({
      data: {
        ...{ id, tenantId: place.tenantId, name, description, scopes },
        ...{ isCatalogued: false, createdBy: userId, createdAt: now() },
      },
    });
    await recordAudit(tx, {
      tenantId: place.tenantId,
      actor: { type: "user", id: userId },
      action: "service_account.create",
      category: "tenant",
      target: { type: "service_account", id },
      metadata: { name, scopes },
      request: person.request,
    });
  }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? nameTaken("An account of this name exists.") : error;
  });
  return { accountId: id };
}

/** Disables an account or enables it again; the same twice changes nothing. */
export async function setAccountDisabled(
  person: Person,
  { accountId, disabled }: SetAccountDisabled,
): Promise<{ isDisabled: boolean }> {
  const { userId } = person.session;
  const known = await withUser(userId, (tx) =>
    tx.serviceAccount.findUnique({
      where: { id: accountId },
      include: { tenant: { select: { slug: true } } },
    }),
  );
  if (!known?.tenant) throw notFound("Account");
  const place = await placeOf(person, known.tenant.slug);
  await inPlace(place, userId, async (tx) => {
    const { count } = await tx.serviceAccount.updateMany({
      where: { id: accountId, disabledAt: disabled ? null : { not: null } },
      data: { disabledAt: disabled ? now() : null },
    });
    if (count === 0) return;
    await recordAudit(tx, {
      tenantId: place.tenantId,
      actor: { type: "user", id: userId },
      action: disabled ? "service_account.disable" : "service_account.enable",
      category: "tenant",
      target: { type: "service_account", id: accountId },
      metadata: { name: known.name },
      request: person.request,
    });
  });
  announceStanding(accountId);
  return { isDisabled: disabled };
}

/** The account of this name in this place; the catalogue's is made when it is first asked for. Throws not_found. */
export async function getAccount(
  tx: Prisma.TransactionClient,
  place: Place,
  name: string,
): Promise<ServiceAccount> {
  const found = await findAccount(tx, place, name);
  if (found) return found;
  const known = catalogued(name);
  if (!known || known.in !== (place.tenantId === null ? "platform" : "tenant")) throw accountNotFound();
  await tx.serviceAccount.createMany({
    data: [
      {
        ...{ id: newId(), tenantId: place.tenantId, name, description: known.description },
        ...{ scopes: [...known.scopes], isCatalogued: true, createdAt: now() },
      },
    ],
    skipDuplicates: true,
  });
  const made = await findAccount(tx, place, name);
  if (!made) throw accountNotFound();
  return made;
}

/** What tokens of an account may carry now: the catalogue's word counts, not what a row once said. */
export function scopesOf({ name, isCatalogued, scopes }: ServiceAccount): readonly string[] {
  return (isCatalogued ? catalogued(name)?.scopes : scopes) ?? [];
}

function findAccount(tx: Prisma.TransactionClient, { tenantId }: Place, name: string) {
  return tx.serviceAccount.findFirst({ where: { tenantId, name } });
}

function nameTaken(message: string): AppError {
  return new AppError("conflict", message, { fields: { name: message } });
}

function accountNotFound(): AppError {
  const message = "There is no account of this name here.";
  return new AppError("invalid", message, { fields: { account: message } });
}
