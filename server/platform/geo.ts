// Where in the world an address is, roughly, by the provider GEOIP_PROVIDER. Database files answer at once, services over
// HTTP and only in jobs: nobody waits for them. A lookup that fails is "unknown", and never an error of its caller.

import { readFileSync } from "node:fs";
import ipaddr from "ipaddr.js";
import { type CityResponse, Reader } from "mmdb-lib";
import { z } from "zod";
import { ConfigError, config } from "./config";
import { readIp2location } from "./geo-ip2location";
import { logger } from "./logger";

export interface Place {
  city: string | null;
  region: string | null;
  country: string | null;
}

type FileReader = (ip: string) => Place;

const UNKNOWN: Place = { city: null, region: null, country: "unknown" };
const TIMEOUT_MS = 2_000;
const CACHE_ENTRIES_MAX = 4_096;
const CACHE_MS = 900_000;
const WORD_LENGTH_MAX = 80;

const log = logger("geo");
const cache = new Map<string, { place: Place; endsAtMs: number }>();
let file: FileReader | undefined;

/** Opens the database file, if the provider has one. Throws ConfigError when it cannot be read. */
export function openGeoFile(): void {
  const { provider, databaseFile } = config().geo;
  file = undefined;
  cache.clear();
  if (databaseFile === null || provider === "none") return;
  try {
    file = provider === "maxmind" ? maxmindFile(databaseFile) : ip2locationFile(databaseFile);
  } catch {
    throw new ConfigError([`GEOIP_DATABASE_FILE: is not a readable ${provider} database`]);
  }
}

/** The place of an address when it can be told without waiting; null without a database file. */
export function findPlaceNow(ip: string): Place | null {
  const { provider, databaseFile } = config().geo;
  if (provider === "none" || databaseFile === null) return null;
  if (file === undefined) openGeoFile();
  return cached(ip) ?? keep(ip, readSafely(ip));
}

/** Whether places are found by a service, and so after the fact. */
export function isPlaceLookedUpLater(): boolean {
  const { provider, databaseFile } = config().geo;
  return provider !== "none" && databaseFile === null;
}

/** The place of an address, from the service when there is one. Takes two seconds at most; does not throw. */
export async function findPlace(ip: string): Promise<Place | null> {
  if (!isPlaceLookedUpLater()) return findPlaceNow(ip);
  const known = cached(ip);
  if (known) return known;
  if (!isPublic(ip)) return UNKNOWN;
  try {
    return keep(ip, config().geo.provider === "ipinfo" ? await askIpinfo(ip) : await askIp2location(ip));
  } catch (error) {
    log.warn({ event: "geo.lookup_failed", err: error }, "a place was not found");
    return UNKNOWN;
  }
}

function cached(ip: string): Place | null {
  const entry = cache.get(ip);
  return entry !== undefined && entry.endsAtMs > Date.now() ? entry.place : null;
}

function keep(ip: string, place: Place): Place {
  const oldest = cache.keys().next().value;
  if (cache.size >= CACHE_ENTRIES_MAX && oldest !== undefined) cache.delete(oldest);
  cache.set(ip, { place, endsAtMs: Date.now() + CACHE_MS });
  return place;
}

function readSafely(ip: string): Place {
  if (!isPublic(ip) || file === undefined) return UNKNOWN;
  try {
    return file(ip);
  } catch (error) {
    log.warn({ event: "geo.lookup_failed", err: error }, "a place was not found");
    return UNKNOWN;
  }
}

// Addresses of a private network are nowhere, and no business of a service.
function isPublic(ip: string): boolean {
  return ipaddr.isValid(ip) && ipaddr.process(ip).range() === "unicast";
}

function maxmindFile(path: string): FileReader {
  const reader = new Reader<CityResponse>(readFileSync(path));
  return (ip) => {
    const found = reader.get(ip);
    const country = found?.country ?? found?.registered_country;
    return placeOf(found?.city?.names.en, found?.subdivisions?.[0]?.names.en, country?.names.en);
  };
}

function ip2locationFile(path: string): FileReader {
  const find = readIp2location(readFileSync(path));
  return (ip) => {
    const found = find(ip);
    return placeOf(found?.city, found?.region, found?.country);
  };
}

const IpinfoAnswer = z.object({
  city: z.string().optional(),
  region: z.string().optional(),
  country: z.string().optional(),
});

async function askIpinfo(ip: string): Promise<Place> {
  const headers = { authorization: `Bearer ${config().geo.token}`, accept: "application/json" };
  const { city, region, country } = IpinfoAnswer.parse(
    await getJson(`https://ipinfo.io/${encodeURIComponent(ip)}/json`, headers),
  );
  return placeOf(city, region, country === undefined ? undefined : countryName(country));
}

const Ip2locationAnswer = z.object({
  city_name: z.string().optional(),
  region_name: z.string().optional(),
  country_name: z.string().optional(),
});

async function askIp2location(ip: string): Promise<Place> {
  const url = new URL("https://api.ip2location.io/");
  url.search = new URLSearchParams({ key: config().geo.token ?? "", ip, format: "json" }).toString();
  const found = Ip2locationAnswer.parse(await getJson(url.href, { accept: "application/json" }));
  return placeOf(found.city_name, found.region_name, found.country_name);
}

async function getJson(url: string, headers: Record<string, string>): Promise<unknown> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
  // The address holds a key, so only the status is told.
  if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
  return answer.json();
}

function placeOf(city: unknown, region: unknown, country: unknown): Place {
  const place = { city: word(city), region: word(region), country: word(country) };
  return place.country === null ? { ...place, country: UNKNOWN.country } : place;
}

// Databases write "-" for an address that is nowhere, and a sentence for a field that this edition lacks.
function word(text: unknown): string | null {
  if (typeof text !== "string" || text === "" || text === "-" || text.length > WORD_LENGTH_MAX) return null;
  return /unavailable|not supported|invalid|missing/i.test(text) ? null : text;
}

function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames("en", { type: "region" }).of(code) ?? code;
}
