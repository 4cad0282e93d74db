// The file .env of the working folder; what the environment says already wins over it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const OWNER_ALONE = 0o600;

export function readEnvFile(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
}

/** Writes one setting in place of what stands there, and leaves everything else as it is. */
export function writeEnvSetting(name: string, value: string): void {
  const lines = existsSync(".env") ? readFileSync(".env", "utf8").trimEnd().split("\n") : [];
  const line = `${name}='${value}'`;
  const index = lines.findIndex((present) => present.startsWith(`${name}=`));
  if (index === -1) lines.push(line);
  else lines[index] = line;
  writeFileSync(".env", `${lines.join("\n")}\n`, { mode: OWNER_ALONE });
}
