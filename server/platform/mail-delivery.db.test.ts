import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterEach, expect, test } from "vitest";
import { mailsTo } from "../../tests/factories/mails";
import { resetConfig } from "./config";
import { db, platformPool } from "./db";
import { deliverMail, resetMailDriver } from "./mail-delivery";
import { type Mail, queueMail } from "./mailer";
import { findOutboxMail, listOutbox } from "./outbox";

afterEach(() => {
  delete process.env["SMTP_URL"];
  delete process.env["RESEND_API_KEY"];
  resetConfig();
  resetMailDriver();
});

async function queue(traits: Partial<Mail> = {}): Promise<{ id: string; to: string }> {
  const to = `${randomUUID()}@mail.example`;
  const secret = "https://parley.example/verify-email?token=the-secret-of-this-mail";
  const mail = {
    to,
    template: "test",
    subject: "Hello",
    text: `Open ${secret}`,
    html: `<a href="${secret}">Open</a>`,
  };
  await db().$transaction((tx) => queueMail(tx, { ...mail, ...traits }));
  const row = await db().outgoingMail.findFirstOrThrow({ where: { recipient: traits.to ?? to } });
  return { id: row.id, to };
}

async function jobsOf(mailId: string): Promise<{ run_at: Date; key: string | null }[]> {
  const { rows } = await platformPool().query(
    "SELECT run_at, key FROM graphile_worker._private_jobs WHERE payload->>'mailId' = $1 ORDER BY id",
    [mailId],
  );
  return rows;
}

/** Takes mails as an SMTP server would; answers what it was told. */
async function startSmtp(): Promise<{ port: number; heard: () => string; close: () => Promise<void> }> {
  let text = "";
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let isData = false;
    socket.write("220 test ESMTP\r\n");
    socket.on("data", (chunk) => {
      text += chunk.toString();
      if (isData && text.endsWith("\r\n.\r\n")) {
        isData = false;
        socket.write("250 queued\r\n");
        return;
      }
      if (isData) return;
      isData = /^DATA\r\n/m.test(chunk.toString());
      socket.write(isData ? "354 go on\r\n" : "250 ok\r\n");
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => text,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("a mail and its job exist exactly when the transaction commits", async () => {
  const to = `${randomUUID()}@mail.example`;
  const broken = db().$transaction(async (tx) => {
    await queueMail(tx, { to, template: "test", subject: "s", text: "t", html: "h" });
    throw new Error("something else failed");
  });
  await expect(broken).rejects.toThrow("something else failed");
  expect(await mailsTo(to)).toEqual([]);
  const { id } = await queue();
  expect(await jobsOf(id)).toHaveLength(1);
});

test("what a mail says is not readable in the database", async () => {
  const { id, to } = await queue();
  const row = await db().outgoingMail.findUniqueOrThrow({ where: { id } });
  expect(row.textBody + row.htmlBody).not.toContain("the-secret-of-this-mail");
  expect((await mailsTo(to))[0]?.text).toContain("the-secret-of-this-mail");
});

test("a second mail under the same key is not written", async () => {
  const dedupeKey = randomUUID();
  const { to } = await queue({ dedupeKey });
  await db().$transaction((tx) =>
    queueMail(tx, { to, template: "test", subject: "again", text: "t", html: "h", dedupeKey }),
  );
  expect((await mailsTo(to)).map((mail) => mail.subject)).toEqual(["Hello"]);
});

test("a suppressed mail leaves the same rows and is never sent nor shown", async () => {
  const { id, to } = await queue({ isSuppressed: true });
  expect(await jobsOf(id)).toHaveLength(1);
  await deliverMail(id);
  expect((await db().outgoingMail.findUniqueOrThrow({ where: { id } })).status).toBe("suppressed");
  expect(await listOutbox(to)).toEqual([]);
  expect(await findOutboxMail(id)).toBeNull();
});

test("the outbox keeps the mail for reading", async () => {
  const { id, to } = await queue();
  await deliverMail(id);
  expect(await listOutbox(to)).toMatchObject([{ id, status: "sent", subject: "Hello" }]);
  expect((await findOutboxMail(id))?.text).toContain("the-secret-of-this-mail");
  expect(await findOutboxMail("not-an-id")).toBeNull();
});

test("a mail over SMTP is sent once and its body erased", async () => {
  const smtp = await startSmtp();
  process.env["SMTP_URL"] = `smtp://127.0.0.1:${smtp.port}`;
  resetConfig();
  const { id, to } = await queue();
  await deliverMail(id);
  await deliverMail(id);
  expect(smtp.heard()).toContain(`RCPT TO:<${to}>`);
  expect(smtp.heard().match(/^DATA\r$/gm)).toHaveLength(1);
  const row = await db().outgoingMail.findUniqueOrThrow({ where: { id } });
  expect(row).toMatchObject({ status: "sent", textBody: "", htmlBody: "" });
  await smtp.close();
});

test("an address cannot add recipients or headers", async () => {
  const smtp = await startSmtp();
  process.env["SMTP_URL"] = `smtp://127.0.0.1:${smtp.port}`;
  resetConfig();
  const { id } = await queue({ to: "a@mail.example, b@mail.example", subject: "Hi\r\nBcc: c@mail.example" });
  await deliverMail(id);
  expect(smtp.heard()).not.toMatch(/RCPT TO:<[bc]@/);
  expect(smtp.heard()).not.toMatch(/^Bcc:/im);
  await smtp.close();
});

test("an outage of the mail server delays the mail, later and later, and loses none", async () => {
  process.env["SMTP_URL"] = "smtp://127.0.0.1:1";
  resetConfig();
  const { id } = await queue();
  await deliverMail(id);
  const triedAt = Date.now();
  await deliverMail(id);
  const waiting = await db().outgoingMail.findUniqueOrThrow({ where: { id } });
  expect(waiting).toMatchObject({ status: "queued", attempts: 2 });
  const [, planned] = await jobsOf(id);
  const delayMs = (planned?.run_at.getTime() ?? 0) - triedAt;
  expect(delayMs).toBeGreaterThan(9_000);
  expect(delayMs).toBeLessThan(30_000);

  const smtp = await startSmtp();
  process.env["SMTP_URL"] = `smtp://127.0.0.1:${smtp.port}`;
  resetConfig();
  resetMailDriver();
  await deliverMail(id);
  expect((await db().outgoingMail.findUniqueOrThrow({ where: { id } })).status).toBe("sent");
  await smtp.close();
});

test("a mail through Resend carries its id as idempotency key, and one that is refused waits", async () => {
  let status = 503;
  const taken: { key: string | null; authorization: string | null; body: unknown }[] = [];
  // why: Resend is a paid service on the internet; what it is told is what the driver is about.
  const resend = setupServer(
    http.post("https://api.resend.com/emails", async ({ request }) => {
      const { headers } = request;
      const [key, authorization] = [headers.get("idempotency-key"), headers.get("authorization")];
      taken.push({ key, authorization, body: await request.json() });
      return HttpResponse.json({ id: "mail" }, { status });
    }),
  );
  resend.listen({ onUnhandledRequest: "bypass" });
  const apiKey = randomUUID();
  process.env["RESEND_API_KEY"] = apiKey;
  resetConfig();
  resetMailDriver();
  const { id, to } = await queue();
  await deliverMail(id);
  const row = () => db().outgoingMail.findUniqueOrThrow({ where: { id } });
  expect(await row()).toMatchObject({ status: "queued", attempts: 1 });
  status = 200;
  await deliverMail(id);
  await deliverMail(id);
  expect(await row()).toMatchObject({ status: "sent", textBody: "", htmlBody: "" });
  expect(taken).toHaveLength(2);
  expect(taken[1]).toMatchObject({
    key: id,
    authorization: `Bearer ${apiKey}`,
    body: { to: [to], subject: "Hello", text: expect.stringContaining("the-secret-of-this-mail") },
  });
  expect(taken[0]?.key).toBe(id);
  resend.close();
});

test("after three days a mail is given up and says so", async () => {
  process.env["SMTP_URL"] = "smtp://127.0.0.1:1";
  resetConfig();
  const { id } = await queue();
  const before = (await jobsOf(id)).length;
  await db().outgoingMail.update({
    where: { id },
    data: { createdAt: new Date(Date.now() - 4 * 86_400_000) },
  });
  await deliverMail(id);
  expect((await db().outgoingMail.findUniqueOrThrow({ where: { id } })).status).toBe("failed");
  expect(await jobsOf(id)).toHaveLength(before);
});
