// The demo people of a development copy: made once by prisma/seed.ts, their generated passwords printed at each start.
import pg from "pg";
import { runScript } from "./build-app";
import { DEMO_EMAILS } from "./demo-people";
import type { LocalSettings } from "./local-settings";
import type { DatabaseUrls } from "./provision-database";

export interface DemoSignIns {
  state: string;
  lines: string[];
}

/** Seeds an empty database; a database with other people in it is left alone. */
export async function ensureDemo(urls: DatabaseUrls, settings: LocalSettings): Promise<DemoSignIns> {
  const { hasDemo, hasOthers } = await findPeople(urls.databasePlatformUrl);
  if (!hasDemo && hasOthers) return { state: "left out: the database is in use", lines: [] };
  if (!hasDemo) await runScript("prisma/seed.ts", { DEMO_PASSWORDS: JSON.stringify(settings.demoPasswords) });
  const { owner, member, neighbour } = settings.demoPasswords;
  return {
    state: hasDemo ? "present" : "created",
    lines: [
      `${DEMO_EMAILS.owner.padEnd(24)}${owner}   Acme, owner`,
      `${DEMO_EMAILS.member.padEnd(24)}${member}   Acme, member`,
      `${DEMO_EMAILS.neighbour.padEnd(24)}${neighbour}   Globex, owner (sees nothing of Acme)`,
    ],
  };
}

async function findPeople(platformUrl: string): Promise<{ hasDemo: boolean; hasOthers: boolean }> {
  const client = new pg.Client({ connectionString: platformUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ email: string }>(
      "SELECT email FROM users ORDER BY email = ANY($1) DESC LIMIT 4",
      [Object.values(DEMO_EMAILS)],
    );
    const demo = new Set<string>(Object.values(DEMO_EMAILS));
    const hasDemo = [...demo].every((email) => rows.some((row) => row.email === email));
    return { hasDemo, hasOthers: rows.some((row) => !demo.has(row.email)) };
  } finally {
    await client.end();
  }
}
