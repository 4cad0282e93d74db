// npm run keys:generate — makes the keys that sign machine tokens, where they are missing.
import { generateKeys } from "../server/machines/keys/signing-keys";
import { closeDatabases } from "../server/platform/db";
import { runCommand } from "./command";

async function generate(): Promise<string> {
  const made = await generateKeys();
  return made.length === 0 ? "The keys are there already." : `Made: ${made.join(", ")}`;
}

await runCommand(generate, closeDatabases);
