// Foreign keys between tables of tenants carry the tenant, so that no row can point at a neighbour's: row-level security
// does not look at what a foreign key finds.
import type pg from "pg";

/** Keys that leave the tenant out, each with its reason. */
const WITHOUT_TENANT: Record<string, string> = {
  // The platform's own tokens have no tenant, and a composite key with a NULL in it holds nothing. Tokens of a tenant are
  // held by service_account_tokens_tenant_id_account_id_fkey beside it.
  service_account_tokens_account_id_fkey: "service_account_tokens",
};

const LOOSE_KEYS = `
  SELECT c.conname AS name, c.conrelid::regclass::text AS source, c.confrelid::regclass::text AS target
    FROM pg_constraint c
    JOIN pg_attribute s ON s.attrelid = c.conrelid AND s.attname = 'tenant_id' AND NOT s.attisdropped
    JOIN pg_attribute t ON t.attrelid = c.confrelid AND t.attname = 'tenant_id' AND NOT t.attisdropped
   WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conparentid = 0
     AND NOT EXISTS (SELECT FROM unnest(c.conkey, c.confkey) AS pair (source_column, target_column)
                      WHERE pair.source_column = s.attnum AND pair.target_column = t.attnum)
   ORDER BY c.conname`;

interface LooseKey {
  name: string;
  source: string;
  target: string;
}

/** What is wrong with the foreign keys of this database, one line each. */
export async function listKeyFaults(client: Pick<pg.Client, "query">): Promise<string[]> {
  const { rows } = await client.query<LooseKey>(LOOSE_KEYS);
  const names = new Set(rows.map(({ name }) => name));
  return [
    ...rows
      .filter(({ name, source }) => WITHOUT_TENANT[name] !== source)
      .map(({ name, source, target }) => `${source}: ${name} refers to ${target} without tenant_id`),
    ...Object.keys(WITHOUT_TENANT)
      .filter((name) => !names.has(name))
      .map((name) => `${name} is named as an exception and is none`),
  ];
}
