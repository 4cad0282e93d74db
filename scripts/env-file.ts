// The file .env of the working folder; what the environment says already wins over it.
import { existsSync } from "node:fs";

export function readEnvFile(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
}
