// Parley without billing: its pages, procedures and ways there are gone, and the rest goes on.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loader as workspaceLoader } from "../app/routes/t.$tenant";
import { loader as limitsLoader } from "../app/routes/t.$tenant.limits";
import { config, resetConfig } from "../server/platform/config";
import { internalRequest } from "../server/request";
import { callAs } from "./factories/callers";
import { makeTenant, type TestTenant } from "./factories/tenants";
import { signIn } from "./factories/users";

beforeEach(() => {
  process.env["ENABLE_BILLING"] = "false";
  resetConfig();
});
afterEach(() => {
  delete process.env["ENABLE_BILLING"];
  resetConfig();
});

type Loader = (args: LoaderFunctionArgs) => Promise<unknown>;
const PAGES = import.meta.glob<{ loader?: Loader }>([
  "../app/routes/t.$tenant.billing*.{ts,tsx}",
  "../app/routes/admin.billing.{events,differences}*.{ts,tsx}",
]);

async function ownerOf(tenant: TestTenant) {
  const { cookie } = await signIn(tenant.owner);
  const load = (loader: Loader, path: string) =>
    loader({
      request: new Request(`${config().appUrl.origin}/t/${tenant.slug}/${path}`, { headers: { cookie } }),
      params: { tenant: tenant.slug },
      context: { info: internalRequest() },
    } as unknown as LoaderFunctionArgs);
  return { load, api: callAs({ cookie, tenantSlug: tenant.slug }).api };
}

test("every page of billing is a page that does not exist", async () => {
  const { load } = await ownerOf(await makeTenant());
  const files = Object.keys(PAGES).filter((file) => file.includes("t.$tenant"));
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const { loader } = (await PAGES[file]?.()) ?? {};
    if (!loader) continue;
    const answer = await load(loader, "billing").catch((thrown: unknown) => thrown);
    expect((answer as Response).status, file).toBe(404);
  }
});

test("its procedures are not there, and limits and the rest of the workspace are", async () => {
  const { api, load } = await ownerOf(await makeTenant());
  await expect(api.plans.change({ plan: "free" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await api.plans.current()).toMatchObject({ plan: { code: "starter" } });
  expect(await load(workspaceLoader as Loader, "")).toMatchObject({ data: { hasBilling: false } });
  expect(await load(limitsLoader as Loader, "limits")).toBeDefined();
});
