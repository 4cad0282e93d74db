import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dataHeaders, pageHeaders } from "./http-headers";

// The policy names the host of the whole configuration, which names a database; nothing connects to it here.
process.env["DATABASE_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";
process.env["DATABASE_PLATFORM_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";

const document = readFileSync(new URL("../../docs/security-headers.md", import.meta.url), "utf8");
const [page = "", data = ""] = [...document.matchAll(/```http\n([\s\S]*?)```/g)].map(([, sample]) => sample);

function linesOf(headers: readonly string[]): string[] {
  return headers.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${headers[index + 1]}`] : []));
}

// Sent outside production beside the rest; the document describes them in words.
const OUTSIDE_PRODUCTION = /^(Report-To|Content-Security-Policy-Report-Only):/;

test("the documented sample is what a page sends", () => {
  const sent = linesOf(pageHeaders("/t/acme", "SAMPLE", false)).filter(
    (line) => !OUTSIDE_PRODUCTION.test(line),
  );
  expect(page.trim().split("\n")).toEqual(sent);
});

test("only pages with a captcha may frame Turnstile", () => {
  const framesOf = (path: string) =>
    /frame-src ([^;]+)/.exec(pageHeaders(path, "SAMPLE", false).join(" "))?.[1];
  const doors = ["/login", "/register", "/request-access", "/forgot-password", "/2fa/verify"];
  for (const path of [...doors, "/account/security", "/account/confirm"]) {
    expect(framesOf(path)).toBe("'self' https://challenges.cloudflare.com");
  }
  for (const path of ["/", "/logins", "/reset-password", "/account/sessions", "/t/acme"]) {
    expect(framesOf(path)).toBe("'self'");
  }
});

test("the documented sample is what everything else sends", () => {
  const policy = linesOf(dataHeaders()).filter((line) => line.startsWith("Content-Security-Policy:"));
  expect(data.trim().split("\n")).toEqual(policy);
  const others = linesOf(dataHeaders()).filter((line) => !policy.includes(line));
  expect(page.split("\n")).toEqual(expect.arrayContaining(others));
});
