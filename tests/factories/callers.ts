// The procedures, called as a browser would: a cookie and a tenant's slug in, answers, cookies and refusals out.
import { createContext } from "../../server/context";
import { createCallerFactory } from "../../server/procedures";
import { internalRequest, type RequestInfo } from "../../server/request";
import { appRouter } from "../../server/router";
import type { TestTenant } from "./tenants";
import { signIn } from "./users";

const createCaller = createCallerFactory(appRouter);

export interface Visitor {
  cookie?: string | null;
  tenantSlug?: string | null;
  authorization?: string | null;
  vaultPayload?: string | null;
  ip?: string;
}

let lastAddress = 0;

/** A caller for one request; each visitor without an address has one of its own, so that limits do not meet. */
export function callAs(visitor: Visitor = {}): { api: ReturnType<typeof createCaller>; info: RequestInfo } {
  lastAddress += 1;
  const ip = visitor.ip ?? `10.${(lastAddress >> 16) & 255}.${(lastAddress >> 8) & 255}.${lastAddress & 255}`;
  const info = internalRequest({
    ip,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36",
    cookie: visitor.cookie ?? null,
  });
  const { cookie = null, tenantSlug = null, authorization = null, vaultPayload = null } = visitor;
  const headers = { cookie, tenantSlug, authorization, vaultPayload };
  return { api: createCaller(() => createContext(headers, info)), info };
}

/** The owner's caller: a new request each time it is asked. */
export async function ownerOf({ owner, slug }: TestTenant): Promise<() => ReturnType<typeof createCaller>> {
  const { cookie } = await signIn(owner);
  return () => callAs({ cookie, tenantSlug: slug }).api;
}
