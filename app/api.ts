// The browser's tRPC client. It imports the router's type and nothing else of the server.

import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  type Operation,
  splitLink,
  type TRPCClient,
  TRPCClientError,
  type TRPCLink,
} from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { AppRouter } from "../server/router";

export type Api = TRPCClient<AppRouter>;

const ENDPOINT = "/trpc";
const BATCH_SIZE_MAX = 10;

const clients = new Map<string, Api>();

/** The client whose tenant procedures speak of this tenant; tabs of different tenants each have their own. */
export function apiFor(tenantSlug: string): Api {
  const known = clients.get(tenantSlug);
  if (known !== undefined) return known;
  const client = createTRPCClient<AppRouter>({
    links: [
      signOutLink,
      splitLink({
        condition: (operation: Operation) => operation.type === "subscription",
        true: httpSubscriptionLink({ url: ENDPOINT, connectionParams: () => ({ tenant: tenantSlug }) }),
        false: httpBatchLink({
          url: ENDPOINT,
          maxItems: BATCH_SIZE_MAX,
          headers: { "x-parley-tenant": tenantSlug },
        }),
      }),
    ],
  });
  clients.set(tenantSlug, client);
  return client;
}

/** The facts of a refusal as interface.md names them, or null when the call did not reach the server. */
export function refusalOf(error: unknown) {
  return error instanceof TRPCClientError ? ((error as TRPCClientError<AppRouter>).data ?? null) : null;
}

// A session that ended is noticed by the first call: once more, since it may have been renewed meanwhile, then to
// sign-in and back to this page.
const signOutLink: TRPCLink<AppRouter> = () => {
  return ({ op, next }) =>
    observable((observer) => {
      let isSecondTry = false;
      let current = run();
      function run() {
        return next(op).subscribe({
          next: (value) => observer.next(value),
          complete: () => observer.complete(),
          error: (error) => {
            if (error.data?.httpStatus !== 401) return observer.error(error);
            if (isSecondTry) return leaveForSignIn();
            isSecondTry = true;
            current = run();
          },
        });
      }
      return () => current.unsubscribe();
    });
};

function leaveForSignIn(): void {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/login?redirectTo=${encodeURIComponent(here)}`);
}
