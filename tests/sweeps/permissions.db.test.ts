// Every procedure called as every role of a workspace, and every page that it is led to: let in or refused as the one table of
// permissions says. The input is nonsense on purpose: the door is passed before an input is read, so that nothing happens
// behind it.
import { beforeAll, describe, expect, test } from "vitest";
import { everyTenantLink } from "../../app/components/shell/tenant-nav";
import { internalRequest } from "../../server/request";
import {
  PERMISSIONS,
  type Permission,
  ROLE_PERMISSIONS,
  TENANT_ROLES,
  TEXT_FORBIDDEN,
  type TenantRole,
} from "../../server/tenants/terms";
import { callAs } from "../factories/callers";
import { makeMember, makeTenant, type TestTenant } from "../factories/tenants";
import { PROCEDURES, type ProcedureFacts } from "./ground";
import { SWEEP } from "./inputs";

let tenant: TestTenant;
let cookies: Record<TenantRole, string>;

beforeAll(async () => {
  tenant = await makeTenant();
  const entries = TENANT_ROLES.map(async (role) => [role, await cookieOf(role)] as const);
  cookies = Object.fromEntries(await Promise.all(entries)) as Record<TenantRole, string>;
});

/** Somebody new in this role. */
async function cookieOf(role: TenantRole): Promise<string> {
  return (await makeMember(tenant, role)).cookie;
}

/** What a call comes to: "let in", or the code and words of the refusal at the door. */
async function knock(path: string, role: TenantRole): Promise<string> {
  const takesInput = SWEEP[path]?.input != null;
  const acts = !takesInput && PROCEDURES.get(path)?.type === "mutation";
  // Who signs out or leaves does nothing afterwards.
  const cookie = acts ? await cookieOf(role) : cookies[role];
  const { api } = callAs({ cookie, tenantSlug: tenant.slug });
  try {
    const answer = await procedureOf(api, path)(takesInput ? { nonsense: true } : undefined);
    await (answer as Partial<AsyncGenerator> | undefined)?.return?.(undefined);
    return "let in";
  } catch (thrown) {
    const { code, message } = thrown as { code?: string; message?: string };
    if (code === "FORBIDDEN" || code === "UNAUTHORIZED") return `${code}: ${message}`;
    return code === undefined || code === "INTERNAL_SERVER_ERROR" ? `broken: ${message}` : "let in";
  }
}

function procedureOf(api: object, path: string): (input: unknown) => Promise<unknown> {
  const found = path.split(".").reduce<unknown>((node, name) => Reflect.get(node as object, name), api);
  return found as (input: unknown) => Promise<unknown>;
}

function expected({ meta: { guard, permission } }: ProcedureFacts, role: TenantRole): string {
  if (guard === "machine") return expect.stringMatching(/^UNAUTHORIZED/);
  if (guard === "operator") return `FORBIDDEN: ${TEXT_FORBIDDEN}`;
  if (guard !== "member" || ROLE_PERMISSIONS[role].has(permission as Permission)) return "let in";
  return `FORBIDDEN: ${TEXT_FORBIDDEN}`;
}

test.each([...PROCEDURES])("%s lets each role in, or refuses it, as the table says", async (path, facts) => {
  const outcomes: Record<string, string> = {};
  for (const role of TENANT_ROLES) outcomes[role] = await knock(path, role);
  expect(outcomes).toEqual(Object.fromEntries(TENANT_ROLES.map((role) => [role, expected(facts, role)])));
});

interface PageModule {
  loader(args: object): Promise<unknown>;
}

const pages = import.meta.glob<PageModule>("../../app/routes/t.$tenant.*.tsx");

async function statusOf(path: string, role: TenantRole): Promise<number> {
  const name = path === "" ? "_index" : path.replace("/", "_.");
  const load =
    pages[`../../app/routes/t.$tenant.${name}.tsx`] ?? pages[`../../app/routes/t.$tenant.${name}._index.tsx`];
  const page = await load?.();
  const request = new Request(`http://localhost:3000/t/${tenant.slug}/${path}`, {
    headers: { cookie: cookies[role] },
  });
  try {
    await page?.loader({ request, params: { tenant: tenant.slug }, context: { info: internalRequest() } });
    return page === undefined ? 404 : 200;
  } catch (thrown) {
    if (!(thrown instanceof Response)) throw thrown;
    return thrown.status;
  }
}

const every = everyTenantLink("", PERMISSIONS, true).map(({ to }) => to.replace(/^\/t\/\/?/, ""));

describe.each(TENANT_ROLES)("%s", (role) => {
  test.each(every)(
    "the page at /t/:tenant/%s opens if side bar or palette lead to it, and else does not",
    async (path) => {
      const shown = everyTenantLink("", [...ROLE_PERMISSIONS[role]], true).some(
        ({ to }) => to.replace(/^\/t\/\/?/, "") === path,
      );
      expect(await statusOf(path, role)).toBe(shown ? 200 : 403);
    },
  );
});
