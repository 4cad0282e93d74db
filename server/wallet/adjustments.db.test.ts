import { expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeOperator } from "../../tests/factories/operators";
import { makeTenant } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import { accountOf } from "../../tests/factories/wallet";
import type { PlatformRole } from "../auth/terms";
import { platformDb } from "../platform/db";
import { newId } from "../platform/ids";
import { listWalletFaults } from "./reconciliation";
import {
  ADJUSTMENT_ALONE_NANO_MAX,
  TEXT_ADJUSTMENT_DECIDED,
  TEXT_OTHER_ADJUSTMENT,
  TEXT_OWN_ADJUSTMENT,
} from "./terms";

const LARGE_NANO = (ADJUSTMENT_ALONE_NANO_MAX + 1n).toString();
const desk = async (role: PlatformRole = "billing_admin") =>
  callAs(await makeOperator(role)).api.admin.billing;
const askFor = (tenant: { id: string }, amountNano: string) => ({
  tenantId: tenant.id,
  amountNano,
  reason: "Goodwill after the outage",
  requestId: newId(),
});

async function auditOf(tenantId: string) {
  const rows = await platformDb().auditLog.findMany({ where: { tenantId, action: "adjust_reserve" } });
  return rows.map(({ metadata }) => (metadata as { deed: string }).deed).sort();
}

test("a small adjustment is booked at once, once, with its reason, and audited", async () => {
  const tenant = await makeTenant();
  const { adjustReserve, adjustments } = await desk();
  const asked = askFor(tenant, ADJUSTMENT_ALONE_NANO_MAX.toString());
  const answers = await Promise.all(Array.from({ length: 20 }, () => adjustReserve(asked)));
  expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(["booked"]));
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ balance: ADJUSTMENT_ALONE_NANO_MAX });
  await adjustReserve(askFor(tenant, "-1000"));
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({
    balance: ADJUSTMENT_ALONE_NANO_MAX - 1_000n,
  });
  const entries = await platformDb().ledgerEntry.findMany({ where: { tenantId: tenant.id } });
  expect(entries.map(({ kind, reason }) => ({ kind, reason }))).toEqual(
    Array.from({ length: 2 }, () => ({ kind: "adjustment", reason: asked.reason })),
  );
  expect(await auditOf(tenant.id)).toEqual(["booked", "booked"]);
  expect((await adjustments({ tenantId: tenant.id })).items).toMatchObject([
    { amountNano: "-1000", state: "booked", decidedBy: null },
    { amountNano: asked.amountNano },
  ]);
  expect(await listWalletFaults(tenant.scope.tenantId)).toEqual([]);
});

test("a request id names one adjustment, of one workspace", async () => {
  const [tenant, neighbour] = [await makeTenant(), await makeTenant()];
  const { adjustReserve } = await desk();
  const asked = askFor(tenant, "1000");
  await adjustReserve(asked);
  await expect(adjustReserve({ ...asked, amountNano: "1001" })).rejects.toThrow(TEXT_OTHER_ADJUSTMENT);
  await expect(adjustReserve({ ...asked, tenantId: neighbour.id })).rejects.toThrow(TEXT_OTHER_ADJUSTMENT);
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ balance: 1_000n });
  expect(await accountOf(neighbour.scope.tenantId)).toMatchObject({ balance: 0n });
});

test("a large adjustment waits for a second operator; of twenty approvals one books it", async () => {
  const tenant = await makeTenant();
  const first = await desk();
  const { id, state } = await first.adjustReserve(askFor(tenant, LARGE_NANO));
  expect(state).toBe("pending");
  const named = { tenantId: tenant.id, adjustmentId: id };
  await expect(first.approveAdjustment(named)).rejects.toThrow(TEXT_OWN_ADJUSTMENT);
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ balance: 0n });
  const second = await desk("admin");
  const decisions = await Promise.allSettled(
    Array.from({ length: 20 }, () => second.approveAdjustment(named)),
  );
  expect(decisions.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ balance: BigInt(LARGE_NANO) });
  await expect(first.rejectAdjustment(named)).rejects.toThrow(TEXT_ADJUSTMENT_DECIDED);
  expect(await auditOf(tenant.id)).toEqual(["approved", "requested"]);
});

test("whoever asked may take an adjustment back, and then nobody can book it", async () => {
  const tenant = await makeTenant();
  const first = await desk();
  const { id } = await first.adjustReserve(askFor(tenant, `-${LARGE_NANO}`));
  const named = { tenantId: tenant.id, adjustmentId: id };
  expect(await first.rejectAdjustment(named)).toMatchObject({ state: "rejected", decidedBy: null });
  await expect((await desk()).approveAdjustment(named)).rejects.toThrow(TEXT_ADJUSTMENT_DECIDED);
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ balance: 0n });
});

test("a request id that named another adjustment is a conflict", async () => {
  const tenant = await makeTenant();
  const { adjustReserve } = await desk();
  const asked = askFor(tenant, "1000");
  await adjustReserve(asked);
  await expect(adjustReserve({ ...asked, amountNano: "2000" })).rejects.toMatchObject({ code: "CONFLICT" });
});

test.each(["0", "-0", "1.5", "1e9", "", "0100", "9999999999999999999"])(
  "an amount that is no whole number of nano is refused: %s",
  async (amountNano) => {
    const tenant = await makeTenant();
    const { adjustReserve } = await desk();
    await expect(adjustReserve(askFor(tenant, amountNano))).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(adjustReserve({ ...askFor(tenant, "1000"), reason: "too short" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  },
);

test("nobody adjusts a reserve but operators of billing, and none that does not exist", async () => {
  const tenant = await makeTenant();
  const asked = askFor(tenant, "1000");
  await expect((await desk()).adjustReserve({ ...asked, tenantId: newId() })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await expect((await desk("support")).adjustReserve(asked)).rejects.toMatchObject({ code: "FORBIDDEN" });
  const owner = callAs({ ...(await signIn(tenant.owner)), tenantSlug: tenant.slug }).api.admin.billing;
  await expect(owner.adjustReserve(asked)).rejects.toThrow();
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ balance: 0n });
});
