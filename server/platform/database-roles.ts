// Row-level security binds neither superusers nor roles with BYPASSRLS: a database URL with the wrong role would void it
// without a sign. So each role is looked at once, before anything is served.

import type pg from "pg";
import { ConfigError } from "./config";
import { platformPool, pool } from "./db";

interface Role {
  is_superuser: boolean;
  bypasses_rls: boolean;
  may_create: boolean;
}

const ROLE = `
  SELECT rolsuper AS is_superuser, rolbypassrls AS bypasses_rls,
         rolcreaterole OR rolcreatedb OR has_schema_privilege('public', 'CREATE') AS may_create
    FROM pg_roles WHERE rolname = current_user`;

/** Throws ConfigError unless requests run under row-level security and without DDL, and operators' work above it. */
export async function assertDatabaseRoles(): Promise<void> {
  const application = await roleOf(pool());
  const platform = await roleOf(platformPool());
  const faults: string[] = [];
  if (application.is_superuser || application.bypasses_rls) {
    faults.push("DATABASE_URL: its role is not bound by row-level security");
  }
  if (application.may_create) faults.push("DATABASE_URL: its role may create tables, databases or roles");
  if (platform.is_superuser) faults.push("DATABASE_PLATFORM_URL: its role is a superuser");
  else if (!platform.bypasses_rls) faults.push("DATABASE_PLATFORM_URL: its role lacks BYPASSRLS");
  if (faults.length > 0) throw new ConfigError(faults);
}

async function roleOf(connections: pg.Pool): Promise<Role> {
  const { rows } = await connections.query<Role>(ROLE);
  const [role] = rows;
  if (role === undefined) throw new Error("the database does not know its own user");
  return role;
}
