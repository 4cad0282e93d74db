// Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of thirty seconds, which is what authenticator apps
// agree on.

import { Secret, TOTP } from "otpauth";
import encodeQR from "qr";
import { TOTP_DIGITS, TOTP_DRIFT_STEPS, TOTP_PERIOD_SECONDS } from "../terms";

const ISSUER = "Parley";
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;
const CODE = new RegExp(`^\\d{${TOTP_DIGITS}}$`);

/** A new shared secret, in base32 as people type it. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The address an authenticator app enrols from (Google's Key URI format). */
export function otpauthUrlOf(secret: string, email: string): string {
  return totpOf(secret, email).toString();
}

/** An address as a QR code: SVG of one path, dark on light in every theme. */
export function qrSvgOf(url: string): string {
  const svg = encodeQR(url, "svg", { ecc: "medium", border: 4 });
  const paper = '<rect width="100%" height="100%" fill="#fff"/>';
  return svg.replace(/^<svg ([^>]*)>/, `<svg shape-rendering="crispEdges" $1>${paper}`);
}

/** The time step a code belongs to at this instant, within the drift; null when it belongs to none. */
export function matchingStep(secret: string, code: string, at: Date): number | null {
  const token = code.replace(/[\s-]/g, "");
  if (!CODE.test(token)) return null;
  const timestamp = at.getTime();
  const delta = totpOf(secret, "").validate({ token, timestamp, window: TOTP_DRIFT_STEPS });
  return delta === null ? null : stepAt(at) + delta;
}

function stepAt(at: Date): number {
  return Math.floor(at.getTime() / 1_000 / TOTP_PERIOD_SECONDS);
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: ISSUER,
    label,
    secret,
    algorithm: "SHA1",
    digits: TOTP_DIGITS,
    period: TOTP_PERIOD_SECONDS,
  });
}
