// Which Parley this process runs, as package.json says.

import { readFileSync } from "node:fs";
import { z } from "zod";

const manifest = z.object({ version: z.string() });

let version: string | undefined;

/** The version of the program; read once. */
export function programVersion(): string {
  version ??= manifest.parse(JSON.parse(readFileSync("package.json", "utf8"))).version;
  return version;
}
