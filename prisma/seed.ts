// The story a development copy begins with: Acme, where Olivia is the owner and Marco a member, and Globex next door,
// where Nadia sees nothing of it. Run by scripts/start.ts and sample-data.ts; safe to repeat after an interruption.

import { DEMO_EMAILS } from "../scripts/demo-people";
import { hashPassword } from "../server/auth/password/hash";
import { createUser, findAccount, newUserId } from "../server/auth/users";
import { config } from "../server/platform/config";
import { closeDatabases, platformDb } from "../server/platform/db";
import type { Prisma } from "../server/platform/prisma/client";
import { internalRequest } from "../server/request";
import { createTenant } from "../server/tenants/tenants";

interface DemoPasswords {
  owner: string;
  member: string;
  neighbour: string;
}

interface Person {
  email: string;
  displayName: string;
  password: string;
}

const passwords = JSON.parse(process.env["DEMO_PASSWORDS"] ?? "null") as DemoPasswords | null;
if (!passwords) throw new Error("The demo is made by npm start and npm run sample-data.");
if (config().isProduction) throw new Error("The demo is for development, and NODE_ENV is production.");

const olivia = { email: DEMO_EMAILS.owner, displayName: "Olivia Okafor", password: passwords.owner };
const marco = { email: DEMO_EMAILS.member, displayName: "Marco Rossi", password: passwords.member };
const nadia = { email: DEMO_EMAILS.neighbour, displayName: "Nadia Haddad", password: passwords.neighbour };

await foundWorkspace("Acme", olivia, [marco]);
await foundWorkspace("Globex", nadia, []);
await closeDatabases();

/** A workspace and its people, all or nothing. Seeding is operators' work across tenants, hence the platform role. */
async function foundWorkspace(name: string, owner: Person, members: Person[]): Promise<void> {
  if (await findAccount(owner.email)) return;
  const people = await Promise.all([owner, ...members].map(withHash));
  await platformDb().$transaction(async (tx) => {
    for (const person of people) await createUser(tx, person);
    const [first, ...others] = people;
    if (!first) return;
    const tenant = await createTenant(tx, { name, ownerId: first.id }, internalRequest());
    for (const member of others) await addMember(tx, tenant.id, member.id);
  });
}

async function withHash({ email, displayName, password }: Person) {
  const id = newUserId();
  return { id, email, displayName, password: await hashPassword(id, password), isVerified: true };
}

async function addMember(tx: Prisma.TransactionClient, tenantId: string, userId: string): Promise<void> {
  await tx.tenantMember.create({ data: { tenantId, userId, role: "member" } });
}
