// Who the client is when proxies stand in between. Forwarded headers count only from proxies on the list, and only the
// part that a listed proxy wrote: the chain is walked from right to left, and the first address that is not one of ours
// is the client.

import type { IncomingMessage } from "node:http";
import { ConfigError } from "./config";
import { type Address, isNetwork, networkList, parseAddress } from "./networks";

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
  const networks = list.filter((entry) => entry !== "*");
  if (!networks.every(isNetwork)) {
    throw new ConfigError(["TRUSTED_PROXIES: holds something that is neither an address nor a range"]);
  }
  const isInNetworks = networkList(networks);
  const isListed = (address: Address) => trustsAll || isInNetworks(address);

  function clientAddress(req: IncomingMessage): string {
    const peer = parseAddress(req.socket.remoteAddress);
    if (peer === null) return UNKNOWN;
    const forwarded = req.headers["x-forwarded-for"];
    if (forwarded === undefined || list.length === 0 || !isListed(peer)) return peer.toString();
    let client = peer;
    const hops = String(forwarded).split(",").slice(-HOPS_MAX);
    for (const hop of hops.reverse()) {
      const address = parseAddress(hop.trim());
      if (address === null) break;
      client = address;
      if (!isListed(address)) break;
    }
    return client.toString();
  }

  return {
    clientAddress,
    isTrusted: (req) => {
      const peer = parseAddress(req.socket.remoteAddress);
      return list.length > 0 && peer !== null && isListed(peer);
    },
  };
}
