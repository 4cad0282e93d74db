import { get } from "node:http";
import { expect, test, vi } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeConversation } from "../../tests/factories/conversations";
import { makeMember, makeTenant } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import { newId } from "../platform/ids";
import { sendMessage } from "./start-run";

const NEVER_MS = 3_600_000;
/** As often as an open stream asks by itself. */
const ASK_INTERVAL_MS = 4_000;

/**
 * A second instance: its own copy of every module, with its own connections. Its open streams do not ask by themselves: one
 * that ends has heard of it.
 */
async function otherInstance() {
  vi.resetModules();
  vi.doMock("../platform/clock", async (importOriginal) => {
    const clock = await importOriginal<typeof import("../platform/clock")>();
    const sleep: typeof clock.sleep = (ms, signal) =>
      clock.sleep(ms >= ASK_INTERVAL_MS ? NEVER_MS : ms, signal);
    return { ...clock, sleep };
  });
  const { startTestServer } = await import("../../tests/factories/http");
  const { closeDatabases: closeThere } = await import("../platform/db");
  const { closeEvents: endThere } = await import("../platform/events");
  const server = await startTestServer();
  return {
    port: server.port,
    stop: async () => {
      vi.doUnmock("../platform/clock");
      await server.close();
      await endThere();
      await closeThere();
    },
  };
}

// What listens begins to when the stream is connected; nothing outside tells when it does.
const untilItListens = () => new Promise((resolve) => setTimeout(resolve, 2_000));

/** An open stream: resolves once it is connected, with a promise of its whole text at its end. */
function openStream(
  port: number,
  input: object,
  visitor: { cookie: string; slug: string },
): Promise<{ ended: Promise<string> }> {
  const query = new URLSearchParams({
    input: JSON.stringify(input),
    connectionParams: JSON.stringify({ tenant: visitor.slug }),
  });
  return new Promise((resolve, reject) => {
    const headers = { host: "localhost:3000", cookie: visitor.cookie, accept: "text/event-stream" };
    const options = { host: "127.0.0.1", port, path: `/trpc/chat.runEvents?${query}`, headers };
    get(options, (incoming) => {
      let text = "";
      const ended = new Promise<string>((end) => incoming.on("close", () => end(text)));
      incoming.on("data", (chunk: Buffer) => {
        text += chunk;
        if (text.includes("event: connected")) resolve({ ended });
      });
    }).on("error", reject);
  });
}

test("a stream on another instance hears that its session was revoked here, and ends", async () => {
  const tenant = await makeTenant();
  const [here, there] = [await signIn(tenant.owner), await signIn(tenant.owner)];
  const conversationId = await makeConversation(tenant.scope);
  const { runId } = await sendMessage(tenant.scope, { conversationId, text: "Q", clientMessageId: newId() });
  const instance = await otherInstance();
  try {
    const visitor = { cookie: there.cookie, slug: tenant.slug };
    const { ended } = await openStream(instance.port, { runId }, visitor);
    await untilItListens();
    await callAs({ cookie: here.cookie }).api.sessions.revoke({ sessionId: there.session.sessionId });
    const text = await ended;
    expect(text).toContain("serialized-error");
    expect(text).toContain('"httpStatus":401');
  } finally {
    await instance.stop();
  }
});

test("a stream on another instance hears that its reader was removed from the workspace, and ends", async () => {
  const tenant = await makeTenant();
  const { user, scope, cookie } = await makeMember(tenant);
  const owner = await signIn(tenant.owner);
  const conversationId = await makeConversation(scope);
  const { runId } = await sendMessage(scope, { conversationId, text: "Q", clientMessageId: newId() });
  const instance = await otherInstance();
  try {
    const { ended } = await openStream(instance.port, { runId }, { cookie, slug: tenant.slug });
    await untilItListens();
    const { api } = callAs({ cookie: owner.cookie, tenantSlug: tenant.slug });
    await api.members.remove({ userId: user.id });
    const text = await ended;
    expect(text).toMatch(/"httpStatus":(401|404)/);
  } finally {
    await instance.stop();
  }
});
