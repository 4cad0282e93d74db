// npm run keys:rotate — the published next key signs from now on, the old one verifies until its last token has ended,
// and a new next key is published. --emergency, after a leak: without waiting, and the old key's tokens end at once.
import { parseArgs } from "node:util";
import { rotateKeys } from "../server/machines/keys/signing-keys";
import { closeDatabases } from "../server/platform/db";
import { runCommand } from "./command";

const { values } = parseArgs({ options: { emergency: { type: "boolean", default: false } } });

async function rotate(): Promise<string> {
  const { active, retired } = await rotateKeys({ isEmergency: values.emergency });
  return `Active: ${active}\n${values.emergency ? "Ended" : "Retiring"}: ${retired}`;
}

await runCommand(rotate, closeDatabases);
