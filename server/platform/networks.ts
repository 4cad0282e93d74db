// Addresses and the networks they belong to. v4-mapped v6 addresses are v4, so that one client has one address.

import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Tells whether an address is on a list of addresses and CIDR ranges. Throws when the list holds something else. */
export function networkList(entries: string[]): (address: Address) => boolean {
  const ranges = entries.map(parseRange);
  return (address) =>
    ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
}

/** An address as text, read; null when it is none. */
export function parseAddress(text: string | undefined): Address | null {
  return text === undefined || !ipaddr.isValid(text) ? null : ipaddr.process(text);
}

function parseRange(entry: string): Range {
  if (entry.includes("/")) return ipaddr.parseCIDR(entry);
  const address = ipaddr.process(entry);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** Whether a setting's entry is an address or a range. */
export function isNetwork(entry: string): boolean {
  return ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry);
}
