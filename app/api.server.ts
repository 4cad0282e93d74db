// Door 1: the tRPC caller for loaders and actions. The same guards as over HTTP; what a procedure refuses comes out as
// a Response, so that a loader need not catch anything.

import { type Context, createContext } from "../server/context";
import { createCallerFactory } from "../server/procedures";
import { appErrorOf } from "../server/refusals";
import type { RequestInfo } from "../server/request";
import { appRouter } from "../server/router";
import { type RouteArgs, toResponse } from "./http.server";

declare module "@remix-run/node" {
  interface AppLoadContext {
    info: RequestInfo;
  }
}

const createCaller = createCallerFactory(appRouter);

/**
 * The procedures, called as the person who asked for this page. The tenant is the route's `$tenant` unless another is
 * named. A refusal is thrown as its Response (sign-in, verification, 404 ...); see `submitForm` for forms.
 */
export function api(args: RouteArgs, options: { tenant?: string } = {}): ReturnType<typeof createCaller> {
  return createCaller(() => contextOf(args, options.tenant), {
    onError: ({ error }) => {
      const refusal = appErrorOf(error);
      if (refusal) throw toResponse(refusal, args);
      throw error.cause ?? error;
    },
  });
}

/** The tRPC context of this page's request; the session is looked up once however many loaders run. */
export function contextOf(args: RouteArgs, tenant?: string): Promise<Context> {
  const headers = {
    cookie: args.request.headers.get("cookie"),
    tenantSlug: tenant ?? args.params["tenant"] ?? null,
  };
  return createContext(headers, args.context.info);
}
