// npm run certificate:verify -- file.json — whether a certificate of an erased workspace was issued by this installation,
// word by word. Needs the application secrets it was signed with; asks no database.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isCertificate } from "../server/lifecycle/certificate";
import { runCommand } from "./command";

const { positionals } = parseArgs({ allowPositionals: true });

async function verify(): Promise<string> {
  const [file] = positionals;
  if (file === undefined) throw new Error("name the file: npm run certificate:verify -- file.json");
  if (!isCertificate(readFileSync(file, "utf8")))
    throw new Error(`${file} was not issued here, or was changed`);
  return `${file} was issued here and is unchanged`;
}

await runCommand(verify, async () => {});
