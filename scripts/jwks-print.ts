// npm run jwks:print — the key set as /.well-known/jwks.json publishes it.
import { readJwksDocument } from "../server/machines/keys/jwks";
import { closeDatabases } from "../server/platform/db";
import { runCommand } from "./command";

async function print(): Promise<string> {
  const { body, etag } = await readJwksDocument();
  console.error(`ETag: ${etag}`);
  return JSON.stringify(JSON.parse(body), null, 2);
}

await runCommand(print, closeDatabases);
