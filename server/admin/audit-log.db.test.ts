import { expect, test } from "vitest";
import { loader as exportLoader } from "../../app/routes/admin.audit-logs_.export";
import { callAs } from "../../tests/factories/callers";
import { makeOperator } from "../../tests/factories/operators";
import { makeUser } from "../../tests/factories/users";
import { verifyExport } from "../audit/export";
import { internalRequest } from "../request";
import { TEXT_FORBIDDEN } from "../tenants/terms";

const reason = "Reported by the customer";

test("operators find what was done by whom to whom, by address, and page through it", async () => {
  const operator = await makeOperator("support");
  const { api } = callAs({ cookie: operator.cookie });
  const user = await makeUser();
  await api.admin.users.lock({ userId: user.id, reason });
  await api.admin.users.unlock({ userId: user.id });
  const about = { actor: operator.user.email.toUpperCase(), target: user.email, limit: 1 };
  const first = await api.admin.audit.list(about);
  expect(first.items).toMatchObject([
    { action: "user.unlock", actor: operator.user.email, target: user.email, category: "admin" },
  ]);
  const second = await api.admin.audit.list({ ...about, cursor: first.nextCursor ?? undefined });
  expect(second.items).toMatchObject([{ action: "user.lock", metadata: expect.stringContaining(reason) }]);
  expect(second.nextCursor).toBeNull();
  expect((await api.admin.audit.list({ ...about, action: "user.l" })).items).toHaveLength(1);
  expect((await api.admin.audit.list({ actor: "nobody@nowhere.example" })).items).toEqual([]);
  const today = new Date().toISOString().slice(0, 10);
  expect((await api.admin.audit.list({ ...about, from: today, to: today })).items).toHaveLength(1);
  expect((await api.admin.audit.list({ ...about, to: "2020-01-01" })).items).toEqual([]);
});

test("an export is a file that verifies, is never cached, is audited, and has a limit", async () => {
  const admin = await makeOperator("admin");
  const download = async (cookie: string) => {
    const request = new Request("http://localhost/admin/audit-logs/export", { headers: { cookie } });
    return exportLoader({ request, params: {}, context: { info: internalRequest() } }).catch(
      (thrown) => thrown,
    );
  };
  const answer: Response = await download(admin.cookie);
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("content-disposition")).toMatch(
    /^attachment; filename="parley-audit-[\d-]+\.csv"$/,
  );
  const reports = verifyExport(await answer.text());
  expect(reports).toContainEqual(expect.objectContaining({ chain: "platform", gaps: 0, fault: null }));
  const { items } = await callAs({ cookie: admin.cookie }).api.admin.audit.list({ action: "audit.export" });
  expect(items).toMatchObject([{ actor: admin.user.email }]);
  for (let count = 1; count < 5; count += 1) await (await download(admin.cookie)).body?.cancel();
  expect((await download(admin.cookie)).status).toBe(429);
  const support = await makeOperator("support");
  const refused: Response = await download(support.cookie);
  expect([refused.status, (await refused.json()).message]).toEqual([403, TEXT_FORBIDDEN]);
});
