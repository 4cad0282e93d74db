import { expect, test } from "vitest";
import { createLogger } from "./logger";

const CANARIES = {
  password: "correct horse battery staple 9",
  token: "L1BAgq1USs0jLa0o2j6AUQ.BDC_gq6z44DEB2CtVECuUT_G2S9F7nvAvznNQPUpsgI",
  email: "olivia.okafor@acme.example",
  ip: "203.0.113.77",
  ipv6: "2001:db8:85a3:8d3:1319:8a2e:370:7348",
  apiKey: "sk-proj-abcdefghijklmnop",
  databasePassword: "hunter2hunter2",
};

function captured(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ write: (line: string) => void lines.push(line) }, "trace", "test"));
  return lines.join("");
}

function expectClean(text: string): void {
  for (const [name, canary] of Object.entries(CANARIES)) expect(text, name).not.toContain(canary);
}

test("nothing secret leaves through fields, however deep", () => {
  const { password, token, email, ip, ipv6, apiKey } = CANARIES;
  const text = captured((log) => {
    log.info({ event: "x", password, note: `asked by ${email} from ${ip} and ${ipv6}` }, "fields");
    log.info(
      { event: "x", nested: { deep: [{ authorization: token }, { text: `key ${apiKey}` }] } },
      "nested",
    );
    log.info({ event: "x", url: `https://chat.example.com/verify-email?token=${token}` }, "url");
    log.warn({ event: "x", list: [email, token, ip] }, "list");
  });
  expectClean(text);
  expect(text).toContain("@acme.example");
});

test("nothing secret leaves through messages and errors", () => {
  const { token, email, databasePassword } = CANARIES;
  const text = captured((log) => {
    log.info(`signed in ${email} with ${token}`);
    const error = new Error(`connect postgresql://parley:${databasePassword}@db:5432 for ${email}`, {
      cause: new Error(token),
    });
    Object.assign(error, { meta: { row: { email, token } } });
    log.error({ event: "x", err: error }, "failed");
  });
  expectClean(text);
  expect(text).toContain("exc_stack");
});

test("a line has the fields of the schema, and what is not of it stands under fields", () => {
  const text = captured((log) =>
    log
      .child({ logger: "mail", correlation_id: "r1", tenant_id: "t1" })
      .info({ event: "mail.sent", attempts: 2 }, "sent"),
  );
  const line = JSON.parse(text) as Record<string, unknown>;
  expect(line).toMatchObject({
    level: "info",
    logger: "mail",
    service: "parley",
    environment: "test",
    event: "mail.sent",
    message: "sent",
    correlation_id: "r1",
    tenant_id: "t1",
    fields: { attempts: 2 },
  });
  expect(new Date(String(line["ts"])).getTime()).toBeGreaterThan(0);
});

test("ids, paths and ordinary words stay readable", () => {
  const path = "/t/:tenant/chat/01a1f95c-ca9d-7346-b127-6b8d4cec796a";
  const text = captured((log) => log.info({ event: "http.request", path, durationMs: 1.5 }, "request"));
  expect(text).toContain(path);
  expect(text).toContain('"durationMs":1.5');
});
