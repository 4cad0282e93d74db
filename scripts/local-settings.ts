// What a development copy generates for itself and keeps in DATA_DIR, readable by its owner alone: key rings, the
// database roles' passwords, the demo people's passwords, the simulated Stripe's keys. Production never reads this file.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { generateRolePasswords, type RolePasswords } from "./provision-database";

const FILE_NAME = "settings.json";

export interface LocalSettings {
  appSecrets: string;
  passwordPeppers: string;
  encryptionKeys: string;
  rolePasswords: RolePasswords;
  demoPasswords: { owner: string; member: string; neighbour: string };
  /** Of the simulated Stripe; its port once it has one. */
  stripe: { secretKey: string; webhookSecret: string; port: number | null };
}

/** The folder of this copy's data: DATA_DIR, or .data in the checkout. */
export function dataFolder(): string {
  return resolve(process.env["DATA_DIR"] || ".data");
}

/** The settings kept in `folder`, generated at the first call. */
export function localSettings(folder: string): LocalSettings {
  const path = join(folder, FILE_NAME);
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Partial<LocalSettings>) : {};
  const settings = { ...generateSettings(), ...kept };
  if (Object.keys(settings).length > Object.keys(kept).length) keepLocalSettings(folder, settings);
  return settings;
}

/** Written beside and renamed: a start that is killed here leaves no half file. */
export function keepLocalSettings(folder: string, settings: LocalSettings): void {
  const path = join(folder, FILE_NAME);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function generateSettings(): LocalSettings {
  const keyRing = () => JSON.stringify({ "1": randomBytes(32).toString("base64") });
  const password = () => `demo-${randomBytes(12).toString("base64url")}`;
  return {
    appSecrets: keyRing(),
    passwordPeppers: keyRing(),
    encryptionKeys: keyRing(),
    rolePasswords: generateRolePasswords(),
    demoPasswords: { owner: password(), member: password(), neighbour: password() },
    stripe: {
      secretKey: `sk_test_${randomBytes(18).toString("hex")}`,
      webhookSecret: `whsec_${randomBytes(24).toString("hex")}`,
      port: null,
    },
  };
}
