import { afterEach, expect, test, vi } from "vitest";
import { config } from "./config";
import { readMetrics } from "./metrics-reading";

vi.mock("./config", () => ({ config: vi.fn() }));

const settings = (metricsToken: string | null, isProduction: boolean) =>
  vi.mocked(config).mockReturnValue({ metricsToken, isProduction } as ReturnType<typeof config>);

afterEach(() => vi.mocked(config).mockReset());

test("the bearer of the token reads the metrics, from anywhere; nobody else does", async () => {
  settings("a-token-of-the-operator", true);
  const ip = "203.0.113.9";
  expect((await readMetrics({ authorization: "Bearer a-token-of-the-operator", ip }))?.text).toContain(
    "http_requests_total",
  );
  for (const authorization of [null, "", "Bearer ", "Bearer a-token", "a-token-of-the-operator"]) {
    expect(await readMetrics({ authorization, ip: "127.0.0.1" })).toBeNull();
  }
});

test("without a token only this machine reads them, and in production nobody", async () => {
  settings(null, false);
  expect(await readMetrics({ authorization: null, ip: "127.0.0.1" })).not.toBeNull();
  expect(await readMetrics({ authorization: null, ip: "203.0.113.9" })).toBeNull();
  settings(null, true);
  expect(await readMetrics({ authorization: null, ip: "127.0.0.1" })).toBeNull();
});

test("the metrics carry the names that dashboards read", async () => {
  settings(null, false);
  const text = (await readMetrics({ authorization: null, ip: "127.0.0.1" }))?.text ?? "";
  for (const name of [
    "http_requests_total",
    "http_request_duration_seconds",
    "auth_login_success_total",
    "auth_login_failure_total",
    "signup_attempts_total",
    "email_enqueued_total",
    "rate_limit_hits_total",
    "rate_limit_block_total",
  ]) {
    expect(text).toContain(`# TYPE ${name} `);
  }
});
