// Who the client is when proxies stand in between. Forwarded headers count only from proxies on the list, and only the
// part that a listed proxy wrote: the chain is walked from right to left, and the first address that is not one of ours
// is the client.

import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import { ConfigError } from "./config";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

export interface Proxies {
  /** True when the connection itself comes from a listed proxy. */
  isTrusted(req: IncomingMessage): boolean;
  /** The client's address; the peer's when forwarded headers are absent, unreadable or not to be believed. */
  clientAddress(req: IncomingMessage): string;
}

const HOPS_MAX = 20;
const UNKNOWN = "0.0.0.0";

/** Reads the list of trusted proxies: addresses, CIDR ranges, or `*` (any peer; refused in production). */
export function trustedProxies(list: string[]): Proxies {
  const trustsAll = list.includes("*");
  const ranges = list.filter((entry) => entry !== "*").map(parseRange);
  const isListed = (address: Address) => trustsAll || ranges.some((range) => contains(range, address));

  function clientAddress(req: IncomingMessage): string {
    const peer = parse(req.socket.remoteAddress);
    if (peer === null) return UNKNOWN;
    const forwarded = req.headers["x-forwarded-for"];
    if (forwarded === undefined || list.length === 0 || !isListed(peer)) return peer.toString();
    let client = peer;
    const hops = String(forwarded).split(",").slice(-HOPS_MAX);
    for (const hop of hops.reverse()) {
      const address = parse(hop.trim());
      if (address === null) break;
      client = address;
      if (!isListed(address)) break;
    }
    return client.toString();
  }

  return {
    clientAddress,
    isTrusted: (req) => {
      const peer = parse(req.socket.remoteAddress);
      return list.length > 0 && peer !== null && isListed(peer);
    },
  };
}

function parseRange(entry: string): Range {
  if (!ipaddr.isValid(entry) && !ipaddr.isValidCIDR(entry)) {
    throw new ConfigError(["TRUSTED_PROXIES: holds something that is neither an address nor a range"]);
  }
  if (entry.includes("/")) return ipaddr.parseCIDR(entry);
  const address = ipaddr.process(entry);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

function contains([base, bits]: Range, address: Address): boolean {
  return base.kind() === address.kind() && address.match(base, bits);
}

// v4-mapped v6 addresses are v4, so that one client has one counter.
function parse(text: string | undefined): Address | null {
  if (text === undefined || !ipaddr.isValid(text)) return null;
  return ipaddr.process(text);
}
