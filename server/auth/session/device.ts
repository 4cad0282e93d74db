// What a session remembers of the browser and the network it was started from. Addresses are sealed or hashed at rest.

import Bowser from "bowser";
import ipaddr from "ipaddr.js";
import { hmac, open, seal } from "../../platform/crypto";
import type { RequestInfo } from "../../request";
import { USER_AGENT_LENGTH_MAX } from "../terms";

const WORD_LENGTH_MAX = 60;
const IPV4_PREFIX_OCTETS = 3;
const IPV6_PREFIX_GROUPS = 4;

/** The columns of a session row that describe where it came from. */
export function deviceColumns(sessionId: string, { ip, userAgent }: RequestInfo) {
  const parsed = Bowser.parse(userAgent || "unknown");
  const browser = word(parsed.browser.name);
  const platform = word(parsed.os.name);
  const device = word(parsed.platform.type);
  return {
    ipEnvelope: new Uint8Array(seal("encryptionKeys", ipContext(sessionId), Buffer.from(ip))),
    ipPrefixHash: hmac("ip-prefix", networkPrefix(ip)),
    userAgent: userAgent.slice(0, USER_AGENT_LENGTH_MAX),
    browser,
    platform,
    device,
    fingerprint: hmac("device", [browser, platform, device].join("|")),
  };
}

/** The address a session was started from, for its owner's eyes. */
export function sessionAddress(sessionId: string, ipEnvelope: Uint8Array | null): string | null {
  return ipEnvelope && open("encryptionKeys", ipContext(sessionId), ipEnvelope).toString();
}

/** A pseudonym of an address, comparable over time. */
export function addressHash(ip: string): string {
  return hmac("ip", ip);
}

/** The IPv4 /24 or the IPv6 /64 an address belongs to; what is no address stands for itself. */
export function networkPrefix(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) return `${address.octets.slice(0, IPV4_PREFIX_OCTETS).join(".")}.0/24`;
  const groups = address.parts.slice(0, IPV6_PREFIX_GROUPS).map((group) => group.toString(16));
  return `${groups.join(":")}::/64`;
}

function word(text: string | undefined): string | null {
  return text ? text.slice(0, WORD_LENGTH_MAX) : null;
}

function ipContext(sessionId: string): string {
  return `sessions|ip_envelope|${sessionId}`;
}
