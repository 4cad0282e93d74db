import { afterEach, expect, test, vi } from "vitest";
import { apiFor, refusalOf } from "./api";

const leave = vi.fn();
let tenantCount = 0;

afterEach(() => {
  vi.unstubAllGlobals();
  leave.mockClear();
});

/** A browser on a tenant's page whose server answers these statuses, one after the other; the last one from then on. */
function browserOn(path: string, statuses: number[]) {
  const [pathname = "", query] = path.split("?");
  const search = query === undefined ? "" : `?${query}`;
  vi.stubGlobal("window", { location: { pathname, search, assign: leave } });
  const ask = vi.fn(async () => {
    const status = statuses[Math.min(ask.mock.calls.length, statuses.length) - 1] ?? 200;
    const data = { httpStatus: status, code: "UNAUTHORIZED" };
    const answer = status === 200 ? { result: { data: [] } } : { error: { message: "", code: -32001, data } };
    return Response.json([answer], { status });
  });
  vi.stubGlobal("fetch", ask);
  tenantCount += 1;
  return { ask, api: apiFor(`tenant-${tenantCount}`) };
}

test("a call whose session was renewed meanwhile is made once more, and nobody is signed out", async () => {
  const { ask, api } = browserOn("/t/acme/chat", [401, 200]);
  expect(await api.tenants.list.query()).toEqual([]);
  expect(ask).toHaveBeenCalledTimes(2);
  expect(leave).not.toHaveBeenCalled();
});

test("after a second 401 the browser goes to sign in, and from there back to its page", async () => {
  const { ask, api } = browserOn("/t/acme/chat?q=a b", [401]);
  void api.tenants.list.query();
  await vi.waitFor(() => expect(leave).toHaveBeenCalledTimes(1));
  expect(leave).toHaveBeenCalledWith(`/login?redirectTo=${encodeURIComponent("/t/acme/chat?q=a b")}`);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("any other refusal reaches its caller at once", async () => {
  const { ask, api } = browserOn("/t/acme/chat", [403]);
  const error = await api.tenants.list.query().catch((thrown: unknown) => thrown);
  expect(refusalOf(error)).toMatchObject({ httpStatus: 403 });
  expect(ask).toHaveBeenCalledTimes(1);
  expect(leave).not.toHaveBeenCalled();
});
