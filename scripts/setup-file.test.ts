import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { environmentSchema } from "../server/platform/config-schema";
import { type SetUp, setUp, withSettings } from "./setup-file";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-setup-"));
  file = join(folder, ".env");
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (given: SetUp["given"] = {}, ask: SetUp["ask"] = null) => {
  const said: string[] = [];
  return setUp({ file, given, ask, say: (line) => said.push(line) }).then((end) => ({ end, said }));
};
const written = () => parseEnv(readFileSync(file, "utf8")) as Record<string, string>;

test("the usual answers make a production copy that admits by invite, with secrets of its own", async () => {
  await run({ "app-url": "https://parley.example.com" });
  const settings = written();
  expect(settings).toMatchObject({ NODE_ENV: "production", SIGNUP_ACCESS_POLICY: "invite_only" });
  const { shape } = environmentSchema;
  const rings = ["APP_SECRETS", "PASSWORD_PEPPERS", "ENCRYPTION_KEYS", "AUTH_REFRESH_TOKEN_PEPPERS"] as const;
  for (const name of rings) expect(shape[name].safeParse(settings[name]).success).toBe(true);
  expect(new Set(rings.map((name) => settings[name])).size).toBe(rings.length);
  expect(settings["METRICS_TOKEN"]?.length).toBeGreaterThanOrEqual(32);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a second run changes what is answered and keeps secrets, comments and everything else", async () => {
  writeFileSync(file, "# ours\nMAIL_FROM=hello@corp.example\nSIGNUP_ACCESS_POLICY=public\n");
  await run();
  const before = written();
  const { end } = await run({ policy: "approval" });
  expect(written()).toEqual({ ...before, SIGNUP_ACCESS_POLICY: "approval" });
  expect(readFileSync(file, "utf8")).toMatch(
    /^# ours\nMAIL_FROM=hello@corp\.example\nSIGNUP_ACCESS_POLICY=approval\n/,
  );
  expect(end).not.toContain("New secrets");
});

test("a development copy gets no secrets: npm start keeps its own", async () => {
  await run({ for: "development" });
  expect(Object.keys(written())).not.toContain("APP_SECRETS");
});

test("a person is asked again for what does not do, and only for what matters", async () => {
  const asked: string[] = [];
  const answers = [
    "production",
    "https://parley.example.com",
    "everyone",
    "approval",
    "",
    "ipinfo",
    "a-token",
  ];
  const { said } = await run({}, async (text) => {
    asked.push(text);
    return answers.shift() ?? "";
  });
  expect(said).toEqual([expect.stringMatching(/^SIGNUP_ACCESS_POLICY: /)]);
  expect(asked.some((text) => text.includes("database"))).toBe(false);
  expect(written()).toMatchObject({ SIGNUP_ACCESS_POLICY: "approval", GEOIP_TOKEN: "a-token" });
});

test("an answer given beforehand that does not do is refused by its setting's name, and nothing is written", async () => {
  await expect(run({ policy: "everyone" })).rejects.toThrow(/^SIGNUP_ACCESS_POLICY: /);
  expect(() => readFileSync(file)).toThrow();
});

test("a value is written as it is, whatever characters it has", () => {
  expect(withSettings("A=1\nB=2\n", { A: "$& $1", C: "3" })).toBe("A=$& $1\nB=2\nC=3\n");
});
