// Issuing by a person at a browser: signed by the server itself, or, where Vault must have its say, in two steps, with a
// payload that is carried to Vault and a signature that is carried back.

import type { IssueSigned, IssueToken } from "./contract";
import { type Person, placeOf, requireIssuer, requireOwnRights } from "./issuer";
import { type IssuedToken, issueToken, requireWay } from "./tokens";
import { issueSigned, preparePayload, readPayload } from "./vault";

/** Issues a token on a person's own word. They have proved within ten minutes who they are. */
export async function issueAtBrowser(person: Person, input: IssueToken): Promise<IssuedToken> {
  requireWay("browser");
  requireIssuer(person);
  const { request } = person;
  const place = await placeOf(person, input.tenant);
  return issueToken({ via: "browser", actor: actorOf(person, input.tenant), request }, place, input);
}

/** What a person has Vault sign, checked for what only they could be refused. */
export async function prepareSigned(person: Person, input: IssueToken) {
  requireIssuer(person);
  requireOwnRights(await placeOf(person, input.tenant), input.scopes);
  return preparePayload(input);
}

/** Issues what Vault has signed for a person, who must still be one who may ask for it. */
export async function issuePastedSignature(person: Person, call: IssueSigned): Promise<IssuedToken> {
  requireIssuer(person);
  const { tenant, scopes } = readPayload(call.payload);
  requireOwnRights(await placeOf(person, tenant), scopes);
  return issueSigned(call, { actor: actorOf(person, tenant) }, person.request);
}

// The platform's own accounts are operators' work.
function actorOf({ session }: Person, tenantSlug: string) {
  return { type: tenantSlug === "" ? "operator" : "user", id: session.userId } as const;
}
