// Machine tokens for tests, issued as a command would.
import { type Issuer, namedPlace } from "../../server/machines/issuer";
import type { MachineScope } from "../../server/machines/terms";
import { type IssuedToken, issueToken } from "../../server/machines/tokens";
import { internalRequest } from "../../server/request";

const CHAT: MachineScope[] = ["conversations:read", "conversations:write"];

/** A token of an account in this workspace (or of the platform's), with chat scopes unless told. */
export async function makeToken(
  tenant: { slug: string } | null,
  traits: { account?: string; scopes?: MachineScope[] } = {},
): Promise<IssuedToken & { authorization: string }> {
  const { account = "demo-bot", scopes = CHAT } = traits;
  const place = await namedPlace(tenant?.slug ?? "");
  const input = { tenant: tenant?.slug ?? "", account, scopes, reason: "Made for a test" };
  const issued = await issueToken(testIssuer(), place, input);
  return { ...issued, authorization: `Bearer ${issued.accessToken}` };
}

export function testIssuer(): Issuer {
  return { via: "cli", actor: { type: "system", id: null }, request: internalRequest() };
}
