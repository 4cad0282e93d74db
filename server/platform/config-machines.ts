// Settings of machine accounts: which ways of issuing tokens are open, Vault's signatures, the published keys.

import { z } from "zod";

const ISSUANCE_WAYS = ["browser", "cli", "vault"] as const;
export type IssuanceWay = (typeof ISSUANCE_WAYS)[number];

export interface MachineSettings {
  serviceAccountIssuance: readonly IssuanceWay[];
  vault: {
    /** False: signatures are not checked, and only the local one is taken, outside production. */
    isVerified: boolean;
    address: string | null;
    token: string | null;
    namespace: string | null;
    /** Where the transit engine is mounted, and the name of its key. */
    transitPath: string;
    transitKey: string;
  };
  jwks: { maxAgeSeconds: number; etagSalt: string };
}

const ways = z
  .string()
  .default("browser,cli")
  .transform((text) =>
    text
      .split(",")
      .map((way) => way.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.enum(ISSUANCE_WAYS, { error: "is not a list of browser, cli and vault" })));

/** A path segment of Vault's HTTP API. */
const segment = (fallback: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_/-]{1,100}$/, "is not a name of letters, digits, _, / and -")
    .default(fallback);

/** The environment variables of this file, for the schema of all of them. */
export const machineEnvironment = {
  SERVICE_ACCOUNT_ISSUANCE: ways,
  VAULT_ADDR: z.url({ protocol: /^https?$/, error: "is not an http(s) URL" }).optional(),
  VAULT_VERIFY_ENABLED: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
  VAULT_TOKEN: z.string().optional(),
  VAULT_NAMESPACE: z.string().optional(),
  VAULT_TRANSIT_PATH: segment("transit"),
  VAULT_TRANSIT_KEY: segment("parley-issuance"),
  AUTH_JWKS_MAX_AGE_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300),
  AUTH_JWKS_ETAG_SALT: z.string().default(""),
};

type MachineEnvironment = z.output<z.ZodObject<typeof machineEnvironment>>;

export function machineSettings(env: MachineEnvironment): MachineSettings {
  return {
    serviceAccountIssuance: env.SERVICE_ACCOUNT_ISSUANCE,
    vault: {
      isVerified: env.VAULT_VERIFY_ENABLED,
      address: env.VAULT_ADDR ?? null,
      token: env.VAULT_TOKEN ?? null,
      namespace: env.VAULT_NAMESPACE ?? null,
      transitPath: env.VAULT_TRANSIT_PATH,
      transitKey: env.VAULT_TRANSIT_KEY,
    },
    jwks: { maxAgeSeconds: env.AUTH_JWKS_MAX_AGE_SECONDS, etagSalt: env.AUTH_JWKS_ETAG_SALT },
  };
}

/** Settings that contradict each other, in every environment. */
export function machineContradictions(env: MachineEnvironment): string[] {
  if (!env.VAULT_VERIFY_ENABLED) return [];
  const faults: string[] = [];
  if (!env.VAULT_ADDR) faults.push("VAULT_ADDR: is missing beside VAULT_VERIFY_ENABLED");
  if (!env.VAULT_TOKEN) faults.push("VAULT_TOKEN: is missing beside VAULT_VERIFY_ENABLED");
  return faults;
}

/** What makes these settings unfit for production. */
export function machineProductionFaults(env: MachineEnvironment): string[] {
  const faults: string[] = [];
  if (env.SERVICE_ACCOUNT_ISSUANCE.includes("vault") && !env.VAULT_VERIFY_ENABLED) {
    faults.push("VAULT_VERIFY_ENABLED: must be true while SERVICE_ACCOUNT_ISSUANCE opens vault");
  }
  if (env.VAULT_ADDR?.startsWith("http://") && !isLoopback(env.VAULT_ADDR)) {
    faults.push("VAULT_ADDR: must be https in production, unless it is an agent on this machine");
  }
  return faults;
}

function isLoopback(address: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(address).hostname);
}
