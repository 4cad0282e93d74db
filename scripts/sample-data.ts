// npm run sample-data — loads the demo people of a development copy into the database of the settings and prints the
// passwords it generated for them, once. Refuses in production, and a database that has them already.
import { findAccount } from "../server/auth/users";
import { config } from "../server/platform/config";
import { closeDatabases } from "../server/platform/db";
import { randomToken } from "../server/platform/ids";
import { runScript } from "./build-app";
import { runCommand } from "./command";
import { DEMO_EMAILS } from "./demo-people";

async function loadPeople(): Promise<string> {
  if (config().isProduction)
    throw new Error("Sample people are for development, and NODE_ENV is production.");
  for (const email of Object.values(DEMO_EMAILS)) {
    if (await findAccount(email)) throw new Error(`${email} is there already.`);
  }
  const passwords = { owner: randomToken(), member: randomToken(), neighbour: randomToken() };
  await runScript("prisma/seed.ts", { DEMO_PASSWORDS: JSON.stringify(passwords) });
  return [
    `${DEMO_EMAILS.owner.padEnd(24)}${passwords.owner}   Acme, owner`,
    `${DEMO_EMAILS.member.padEnd(24)}${passwords.member}   Acme, member`,
    `${DEMO_EMAILS.neighbour.padEnd(24)}${passwords.neighbour}   Globex, owner (sees nothing of Acme)`,
  ].join("\n");
}

await runCommand(loadPeople, closeDatabases);
