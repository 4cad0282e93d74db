// npm run db:provision — the three roles and the database, on any server, with a superuser's URL:
//   SUPERUSER_URL=postgresql://postgres:...@host:5432/postgres DATABASE_NAME=parley npm run db:provision
// Running it again gives the roles new passwords: those of DATABASE_URL, DATABASE_OWNER_URL and DATABASE_PLATFORM_URL
// when all three are set, otherwise generated ones. It prints the three URLs of the environment and stores nothing.
import { randomBytes } from "node:crypto";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { readEnvFile } from "./env-file";

export interface DatabaseUrls {
  databaseUrl: string;
  databaseOwnerUrl: string;
  databasePlatformUrl: string;
}

export interface RolePasswords {
  owner: string;
  application: string;
  platform: string;
}

// Owner: migrations. Application: requests, bound by row-level security. Platform: operators' and workers' cross-tenant work.
const ROLES = {
  owner: { name: "parley_owner", attributes: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS" },
  application: { name: "parley_app", attributes: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS" },
  platform: { name: "parley_platform", attributes: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS" },
} as const;

export function generateRolePasswords(): RolePasswords {
  const password = () => randomBytes(24).toString("base64url");
  return { owner: password(), application: password(), platform: password() };
}

/** The URLs of the three roles on the server of `superuserUrl`. */
export function roleUrls(superuserUrl: string, database: string, passwords: RolePasswords): DatabaseUrls {
  const urlOf = (role: keyof typeof ROLES) => {
    const url = new URL(superuserUrl);
    url.username = ROLES[role].name;
    url.password = passwords[role];
    url.pathname = `/${database}`;
    return url.toString();
  };
  return {
    databaseUrl: urlOf("application"),
    databaseOwnerUrl: urlOf("owner"),
    databasePlatformUrl: urlOf("platform"),
  };
}

/** Creates or updates the roles and the database; safe to repeat. Needs CREATEROLE, CREATEDB and BYPASSRLS. */
export async function provisionDatabase(
  superuserUrl: string,
  database: string,
  passwords: RolePasswords,
): Promise<DatabaseUrls> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    for (const key of Object.keys(ROLES) as (keyof typeof ROLES)[])
      await ensureRole(client, key, passwords[key]);
    // A server's administrator need not be a superuser: giving a database away asks for membership in the new owner.
    await client.query(`GRANT ${ROLES.owner.name} TO CURRENT_USER`);
    await ensureDatabase(client, database);
  } finally {
    await client.end();
  }
  return roleUrls(superuserUrl, database, passwords);
}

async function ensureRole(client: pg.Client, key: keyof typeof ROLES, password: string): Promise<void> {
  const { name, attributes } = ROLES[key];
  const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [name]);
  const secret = pg.escapeLiteral(password);
  await client.query(`${rowCount ? "ALTER" : "CREATE"} ROLE ${name} ${attributes} PASSWORD ${secret}`);
}

async function ensureDatabase(client: pg.Client, database: string): Promise<void> {
  const name = pg.escapeIdentifier(database);
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [database]);
  const owner = ROLES.owner.name;
  // A database that exists changes hands: its owner alone may make extensions and tables in it.
  if (rowCount) await client.query(`ALTER DATABASE ${name} OWNER TO ${owner}`);
  else await client.query(`CREATE DATABASE ${name} OWNER ${owner} TEMPLATE template0 ENCODING 'UTF8'`);
  await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  await client.query(
    `GRANT CONNECT ON DATABASE ${name} TO ${ROLES.application.name}, ${ROLES.platform.name}`,
  );
}

/** The passwords that the environment's three URLs name already, as a deployment by file does. */
function passwordsOfEnvironment(): RolePasswords | null {
  const passwordOf = (name: string) => decodeURIComponent(new URL(process.env[name] || "none:").password);
  const passwords = {
    owner: passwordOf("DATABASE_OWNER_URL"),
    application: passwordOf("DATABASE_URL"),
    platform: passwordOf("DATABASE_PLATFORM_URL"),
  };
  return Object.values(passwords).every(Boolean) ? passwords : null;
}

async function main(): Promise<void> {
  readEnvFile();
  const superuserUrl = process.env["SUPERUSER_URL"];
  const database = process.env["DATABASE_NAME"] ?? "parley";
  if (!superuserUrl) {
    console.error("SUPERUSER_URL is missing: the URL of a role that may create roles and databases.");
    process.exitCode = 1;
    return;
  }
  const givenPasswords = passwordsOfEnvironment();
  const urls = await provisionDatabase(superuserUrl, database, givenPasswords ?? generateRolePasswords());
  if (givenPasswords) {
    console.log("The roles have the passwords of the environment's URLs; the database is ready.");
    return;
  }
  console.log("# Keep these three settings with the deployment's secrets; they are stored nowhere else.");
  console.log(`DATABASE_URL=${urls.databaseUrl}`);
  console.log(`DATABASE_OWNER_URL=${urls.databaseOwnerUrl}`);
  console.log(`DATABASE_PLATFORM_URL=${urls.databasePlatformUrl}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
