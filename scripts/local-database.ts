// The database of a development copy: the embedded server when DATABASE_URL is absent, otherwise the server it names.
import { createHmac } from "node:crypto";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres";
import type { LocalSettings } from "./local-settings";
import { type DatabaseUrls, provisionDatabase, type RolePasswords } from "./provision-database";

const EMBEDDED_DATABASE = "parley";

export interface LocalDatabase {
  urls: DatabaseUrls;
  description: string;
  stop(): Promise<void>;
}

/** Finds or starts the database and its three roles. */
export async function openLocalDatabase(folder: string, settings: LocalSettings): Promise<LocalDatabase> {
  const givenUrl = process.env["DATABASE_URL"];
  if (givenUrl) return openGivenDatabase(givenUrl);
  const server = await startEmbeddedPostgres({ folder, isDurable: true });
  try {
    const superuserUrl = server.superuserUrl("postgres");
    const urls = await provisionDatabase(superuserUrl, EMBEDDED_DATABASE, settings.rolePasswords);
    return { urls, description: describeServer(server, folder), stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function describeServer(server: EmbeddedPostgres, folder: string): string {
  const state = server.isAdopted ? "running already" : "started";
  const place = server.dataFolder.startsWith(folder) ? "" : `, data in ${server.dataFolder}`;
  return `port ${server.port}, ${state}${place}`;
}

async function openGivenDatabase(givenUrl: string): Promise<LocalDatabase> {
  const description = `${new URL(givenUrl).host}${new URL(givenUrl).pathname}`;
  const stop = async () => undefined;
  const databaseOwnerUrl = process.env["DATABASE_OWNER_URL"];
  const databasePlatformUrl = process.env["DATABASE_PLATFORM_URL"];
  if (databaseOwnerUrl && databasePlatformUrl) {
    return { urls: { databaseUrl: givenUrl, databaseOwnerUrl, databasePlatformUrl }, description, stop };
  }
  return { urls: await provisionGivenDatabase(givenUrl), description, stop };
}

/** With DATABASE_URL alone, its role must be an administrator: the three roles are made in its database. */
async function provisionGivenDatabase(givenUrl: string): Promise<DatabaseUrls> {
  const { password, pathname } = new URL(givenUrl);
  const administratorUrl = new URL(givenUrl);
  // The database itself may not exist yet; this one does, on every server.
  administratorUrl.pathname = "/postgres";
  try {
    return await provisionDatabase(
      administratorUrl.toString(),
      pathname.slice(1) || "parley",
      derivePasswords(password),
    );
  } catch (error) {
    throw new Error(
      "DATABASE_URL alone must name an administrator. Otherwise set DATABASE_OWNER_URL and DATABASE_PLATFORM_URL too (npm run db:provision prints all three).",
      { cause: error },
    );
  }
}

/** The roles belong to the whole server: copies that share it must agree on their passwords. */
function derivePasswords(administratorPassword: string): RolePasswords {
  const derive = (role: string) =>
    createHmac("sha256", administratorPassword).update(`parley ${role}`).digest("base64url");
  return { owner: derive("owner"), application: derive("application"), platform: derive("platform") };
}
