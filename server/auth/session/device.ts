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
  const { browser, platform, device } = deviceWords(userAgent);
  return {
    ipEnvelope: new Uint8Array(seal("encryptionKeys", ipContext(sessionId), Buffer.from(ip))),
    ipPrefixHash: prefixHash(ip),
    userAgent: userAgent.slice(0, USER_AGENT_LENGTH_MAX),
    browser,
    platform,
    device,
    fingerprint: fingerprintOf([browser, platform, device]),
  };
}

/** The address a session was started from, for its owner's eyes. */
export function sessionAddress(sessionId: string, ipEnvelope: Uint8Array | null): string | null {
  return ipEnvelope && open("encryptionKeys", ipContext(sessionId), ipEnvelope).toString();
}

// A user agent is at most USER_AGENT_LENGTH_MAX characters when it gets here, which bounds the parser's work.
function deviceWords(userAgent: string) {
  const parsed = Bowser.parse(userAgent || "unknown");
  return {
    browser: word(parsed.browser.name),
    platform: word(parsed.os.name),
    device: word(parsed.platform.type),
  };
}

/** The family a user agent belongs to ("Chrome", "Firefox"); null when it names none. */
export function browserFamily(userAgent: string): string | null {
  return word(Bowser.parse(userAgent || "unknown").browser.name);
}

/** A pseudonym of the network prefix of an address, comparable over time. */
export function prefixHash(ip: string): string {
  const known = prefixHashes.get(ip);
  if (known !== undefined) return known;
  if (prefixHashes.size >= PREFIX_HASHES_MAX) prefixHashes.clear();
  const hash = hmac("ip-prefix", networkPrefix(ip));
  prefixHashes.set(ip, hash);
  return hash;
}

// Every request of a session asks for it.
const PREFIX_HASHES_MAX = 4_096;
const prefixHashes = new Map<string, string>();

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

/** A place as people say it; "unknown" when it was looked for in vain, null when nobody looked. */
export function placeName(place: {
  city: string | null;
  region: string | null;
  country: string | null;
}): string | null {
  const { city, region, country } = place;
  const words = [city, region === city ? null : region, country].filter((part) => part !== null);
  return words.length === 0 ? null : words.join(", ");
}

/** A browser as people say it: "Firefox on Linux". */
export function deviceName({
  browser,
  platform,
}: {
  browser: string | null;
  platform: string | null;
}): string {
  if (!browser && !platform) return "Unknown device";
  return [browser ?? "Unknown browser", platform].filter(Boolean).join(" on ");
}

/** A pseudonym of what a browser looks like and of its network. */
export function lookOf(request: RequestInfo): string {
  const { browser, platform, device } = deviceWords(request.userAgent);
  return `${fingerprintOf([browser, platform, device])}|${prefixHash(request.ip)}`;
}

function word(text: string | undefined): string | null {
  return text ? text.slice(0, WORD_LENGTH_MAX) : null;
}

function fingerprintOf(words: (string | null)[]): string {
  return hmac("device", words.join("|"));
}

function ipContext(sessionId: string): string {
  return `sessions|ip_envelope|${sessionId}`;
}
