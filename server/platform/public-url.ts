// Addresses that customers give us to call. Whoever names one must not reach into the network that Parley runs in: https
// alone, no sign-in data, the usual port, and a public host. A name may still resolve to a private network, so the caller
// looks at the resolved address once more when it connects.

import ipaddr from "ipaddr.js";

const PRIVATE_SUFFIXES = [
  ".localhost",
  ".local",
  ".internal",
  ".intranet",
  ".lan",
  ".home.arpa",
  ".test",
  ".example",
  ".invalid",
  ".onion",
];

/** The address in its normal form, or null when it is not a public https one. */
export function publicHttpsUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.protocol === "https:" && url.username === "" && url.password === "" && url.port === "";
  return isPlain && isPublicHost(url.hostname) ? url : null;
}

/** Whether an address belongs to the public internet: no private, local, shared or documentation range. */
function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}

function isPublicHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (ipaddr.isValid(bare)) return isPublicAddress(bare);
  return bare.includes(".") && !PRIVATE_SUFFIXES.some((suffix) => bare.endsWith(suffix));
}
