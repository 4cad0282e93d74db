import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delay, HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ip2locationDatabase, mmdbDatabase } from "../../tests/factories/geo-files";
import { resetConfig } from "./config";
import { findPlace, findPlaceNow, isPlaceLookedUpLater, openGeoFile } from "./geo";

const PUBLIC = "8.8.4.4";
// why: the configuration wants databases, which nothing here opens.
Object.assign(process.env, { DATABASE_URL: "postgresql://none", DATABASE_PLATFORM_URL: "postgresql://none" });

let asked: { url: string; authorization: string | null }[] = [];

// why: the two services answer as their documentation says; no test leaves this machine.
const services = setupServer(
  http.get("https://ipinfo.io/:ip/json", ({ request }) => {
    asked.push({ url: request.url, authorization: request.headers.get("authorization") });
    return HttpResponse.json({ ip: PUBLIC, city: "Mountain View", region: "California", country: "US" });
  }),
  http.get("https://api.ip2location.io/", ({ request }) => {
    asked.push({ url: request.url, authorization: null });
    return HttpResponse.json({ country_name: "Germany", region_name: "Berlin", city_name: "Berlin" });
  }),
);

beforeAll(() => services.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  services.resetHandlers();
  asked = [];
  configure({});
});
afterAll(() => services.close());

function configure(settings: { provider?: string; file?: string; token?: string }): void {
  process.env["GEOIP_PROVIDER"] = settings.provider ?? "none";
  process.env["GEOIP_DATABASE_FILE"] = settings.file ?? "";
  process.env["GEOIP_TOKEN"] = settings.token ?? "";
  resetConfig();
  openGeoFile();
}

function fileOf(bytes: Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), "geo-")), "places");
  writeFileSync(path, bytes);
  return path;
}

test("without a provider nobody looks", async () => {
  configure({});
  expect([findPlaceNow(PUBLIC), isPlaceLookedUpLater(), await findPlace(PUBLIC)]).toEqual([
    null,
    false,
    null,
  ]);
});

test("a MaxMind file answers at once; an address it does not know is unknown", () => {
  const place = { city: "Berlin", region: "Land Berlin", country: "Germany" };
  configure({ provider: "maxmind", file: fileOf(mmdbDatabase("8.0.0.0/8", place)) });
  expect(isPlaceLookedUpLater()).toBe(false);
  expect(findPlaceNow(PUBLIC)).toEqual(place);
  for (const ip of ["9.9.9.9", "127.0.0.1", "2001:4860::8888", "no address"]) {
    expect(findPlaceNow(ip), ip).toEqual({ city: null, region: null, country: "unknown" });
  }
});

test("an IP2Location file answers at once", () => {
  const place = { city: "Kyoto", region: "Kyoto Prefecture", country: "Japan" };
  configure({
    provider: "ip2location",
    file: fileOf(ip2locationDatabase("8.0.0.0", "8.255.255.255", place)),
  });
  expect(findPlaceNow(PUBLIC)).toEqual(place);
  expect(findPlaceNow("9.9.9.9")).toMatchObject({ country: "unknown" });
});

test("a file that is no database stops the start and is named", () => {
  for (const provider of ["maxmind", "ip2location"]) {
    const file = fileOf(Buffer.from("not a database"));
    expect(() => configure({ provider, file }), provider).toThrow(/GEOIP_DATABASE_FILE/);
  }
});

test("IPinfo is asked once per address, with the token outside the address", async () => {
  configure({ provider: "ipinfo", token: "t0ken" });
  expect([findPlaceNow(PUBLIC), isPlaceLookedUpLater()]).toEqual([null, true]);
  for (let n = 0; n < 3; n += 1) {
    expect(await findPlace(PUBLIC)).toEqual({
      city: "Mountain View",
      region: "California",
      country: "United States",
    });
  }
  expect(asked).toEqual([{ url: `https://ipinfo.io/${PUBLIC}/json`, authorization: "Bearer t0ken" }]);
});

test("IP2Location's service is asked with the key", async () => {
  configure({ provider: "ip2location", token: "k3y" });
  expect(await findPlace(PUBLIC)).toEqual({ city: "Berlin", region: "Berlin", country: "Germany" });
  expect(asked[0]?.url).toContain("key=k3y");
});

test("a service that fails or is slow means unknown, within its two seconds, and is asked again later", async () => {
  configure({ provider: "ipinfo", token: "t0ken" });
  const unknown = { city: null, region: null, country: "unknown" };
  for (const answer of [
    () => HttpResponse.json({}, { status: 500 }),
    () => HttpResponse.error(),
    () => HttpResponse.text("<html>"),
    () => delay("infinite"),
  ]) {
    services.use(http.get("https://ipinfo.io/:ip/json", answer));
    const startedAt = performance.now();
    expect(await findPlace(PUBLIC)).toEqual(unknown);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  }
  services.resetHandlers();
  expect(await findPlace(PUBLIC)).toMatchObject({ city: "Mountain View" });
});

test("private addresses are never sent to a service", async () => {
  configure({ provider: "ipinfo", token: "t0ken" });
  for (const ip of ["127.0.0.1", "10.1.2.3", "192.168.1.1", "fe80::1", "::1", "0.0.0.0"]) {
    expect(await findPlace(ip), ip).toMatchObject({ country: "unknown" });
  }
  expect(asked).toEqual([]);
});
