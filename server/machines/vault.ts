// Issuing on the word of HashiCorp Vault: whoever may use the transit key signs what they want, and Parley asks Vault
// whether the signature is right. A payload counts once and for five minutes.
// https://developer.hashicorp.com/vault/api-docs/secret/transit#verify-signed-data

import { z } from "zod";
import { now } from "../platform/clock";
import { config } from "../platform/config";
import { AppError } from "../platform/errors";
import { randomToken } from "../platform/ids";
import { logger } from "../platform/logger";
import type { RequestInfo } from "../request";
import { type IssueToken, type IssueTokenAnyWay, SignedRequest } from "./contract";
import { type Issuer, namedPlace } from "./issuer";
import { consumeNonce } from "./keys/nonces";
import { CLOCK_TOLERANCE_SECONDS, NONCE_VALID_SECONDS } from "./terms";
import { type IssuedToken, issueToken, requireWay } from "./tokens";

/** Stands for a signature on a developer's machine, and nowhere else. */
const LOCAL_SIGNATURE = "vault:dev-local";
const SIGNATURE = /^Bearer +(vault:.+)$/i;
const VAULT_FORM = /^vault:v\d+:[A-Za-z0-9+/=_-]+$/;
const TIMEOUT_MS = 3_000;
const NONCE_PURPOSE = "vault-issuance";
const Verdict = z.object({ data: z.object({ valid: z.boolean() }) });

const log = logger("machines.vault");

export interface SignedCall {
  /** As Vault made it: "vault:v1:...". */
  signature: string;
  /** base64url of the request's JSON, which is what was signed. */
  payload: string;
}

/** The signed call of a request, by its two headers; null when it does not claim to be one. */
export function readSignedCall(headers: {
  authorization: string | null;
  payload: string | null;
}): SignedCall | null {
  const signature = SIGNATURE.exec(headers.authorization ?? "")?.[1]?.trim();
  return signature === undefined ? null : { signature, payload: headers.payload ?? "" };
}

/**
 * Issues what a signed payload asks for. Throws `unauthorized` (`invalid` to a person) for a signature that is not right,
 * a payload out of its time, or one that was used; `unavailable` while Vault cannot be asked.
 */
export async function issueSigned(
  call: SignedCall,
  from: { repeated?: IssueTokenAnyWay; actor?: Issuer["actor"] },
  request: RequestInfo,
): Promise<IssuedToken> {
  requireWay("vault");
  const { nonce, iat, exp, ...input } = readPayload(call.payload);
  const refused = from.actor === undefined ? refusedCall : refusedAtField;
  if (!isInTime(iat, exp)) throw refused("The signed request is not valid at this time.");
  requireSame(input, from.repeated ?? {});
  if (!(await isSigned(call))) throw refused("The signature is not valid.");
  if (!(await consumeNonce(NONCE_PURPOSE, nonce, new Date(exp * 1_000)))) {
    throw refused("This signed request was used already.");
  }
  const issuer: Issuer = { via: "vault", actor: from.actor ?? { type: "system", id: null }, request };
  return issueToken(issuer, await namedPlace(input.tenant), input);
}

/** A payload to be signed for this request, and the command that has Vault sign it. */
export function preparePayload(input: IssueToken): { payload: string; command: string; expiresAt: string } {
  requireWay("vault");
  const iat = Math.floor(now().getTime() / 1_000);
  const exp = iat + NONCE_VALID_SECONDS;
  const signed: SignedRequest = { ...input, nonce: randomToken(), iat, exp };
  const payload = Buffer.from(JSON.stringify(signed)).toString("base64url");
  const { transitPath, transitKey } = config().vault;
  const command = `vault write -field=signature ${transitPath}/sign/${transitKey} input=$(printf %s '${payload}' | base64 -w0)`;
  return { payload, command, expiresAt: new Date(exp * 1_000).toISOString() };
}

/** What a payload asks for, unverified. Throws `invalid` for what is none. */
export function readPayload(payload: string): SignedRequest {
  try {
    return SignedRequest.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
  } catch (error) {
    if (error instanceof z.ZodError) throw error;
    throw new AppError("invalid", "X-Vault-Payload is not base64url of a JSON object.");
  }
}

function isInTime(iat: number, exp: number): boolean {
  const nowSeconds = now().getTime() / 1_000;
  const isBounded = exp > iat && exp - iat <= NONCE_VALID_SECONDS && exp <= nowSeconds + NONCE_VALID_SECONDS;
  return isBounded && iat <= nowSeconds + CLOCK_TOLERANCE_SECONDS && exp > nowSeconds;
}

// What is sent beside the payload may repeat it, and nothing else.
function requireSame(signed: IssueToken, repeated: IssueTokenAnyWay): void {
  for (const [name, value] of Object.entries(repeated)) {
    if (value === undefined || JSON.stringify(value) === JSON.stringify(signed[name as keyof IssueToken]))
      continue;
    const message = "This is not what was signed.";
    throw new AppError("invalid", message, { fields: { [name]: message } });
  }
}

async function isSigned({ signature, payload }: SignedCall): Promise<boolean> {
  const { vault, isProduction } = config();
  if (!vault.isVerified) return !isProduction && signature === LOCAL_SIGNATURE;
  return VAULT_FORM.test(signature) && askVault(signature, payload);
}

async function askVault(signature: string, payload: string): Promise<boolean> {
  const { vault } = config();
  const url = new URL(`/v1/${vault.transitPath}/verify/${vault.transitKey}`, vault.address ?? "");
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    "X-Vault-Request": "true",
    "X-Vault-Token": vault.token ?? "",
  };
  if (vault.namespace !== null) headers["X-Vault-Namespace"] = vault.namespace;
  const body = JSON.stringify({ input: Buffer.from(payload).toString("base64"), signature });
  try {
    const answer = await fetch(url, {
      ...{ method: "POST", headers, body, redirect: "error" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // Vault answers 400 to a signature it cannot read; other statuses say nothing about the signature.
    if (answer.status === 400) return false;
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return Verdict.parse(await answer.json()).data.valid;
  } catch (error) {
    log.error({ event: "vault.unreachable", err: error }, "Vault did not answer");
    throw new AppError("unavailable", "The signature cannot be checked now. Please try again.");
  }
}

function refusedCall(message: string): AppError {
  return new AppError("unauthorized", message, { reason: "token_invalid" });
}

// A person who pasted the signature is known; what is wrong is what they typed.
function refusedAtField(message: string): AppError {
  return new AppError("invalid", message, { fields: { signature: message } });
}
