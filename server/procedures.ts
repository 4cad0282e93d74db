// The ladder every procedure stands on: public, user (signed in), verified, member (permission in a tenant),
// operator (permission on the platform), machine (a bearer token). Machines stand on a person's rung only where its name
// says so. Each rung says in `meta.guard` what it demands; a sweep test reads it.

import { initTRPC } from "@trpc/server";
import { noteActiveTenant } from "./auth/sessions";
import type { PlatformPermission } from "./auth/terms";
import {
  type Context,
  callerScope,
  forgetRequest,
  recheckOf,
  requireMachine,
  requireOperator,
  requirePermission,
  requireSession,
  requireVerified,
  scopeOf,
} from "./context";
import { noteCall } from "./machines/calls";
import { platformRights } from "./machines/identity";
import { config } from "./platform/config";
import { AppError, notFound } from "./platform/errors";
import { LIMITS, type LimitName, type LimitScope } from "./platform/limit-table";
import { logger } from "./platform/logger";
import { consumeLimits, isQuotaWaived } from "./platform/rate-limit";
import { errorShape, logFault, toTrpcError } from "./refusals";
import { noteLimit } from "./request";
import { enterUnderGrant } from "./support-access/scope";
import type { Scope } from "./tenants/scope";
import { type Permission, TEXT_FORBIDDEN } from "./tenants/terms";

export interface ProcedureMeta {
  guard?: "public" | "user" | "verified" | "member" | "operator" | "machine";
  /** Machines whose scopes hold the permission may call it too. */
  isForMachines?: true;
  permission?: Permission | PlatformPermission;
  /** Counted before the input is read: address limits first, then, behind the guard, those of person and tenant. */
  limits?: readonly LimitName[];
  /** Part of a feature that may be switched off: then there is no such procedure. */
  feature?: "billing";
}

const TEXT_OVER_LIMIT = "Too many requests. Please wait a moment.";

const log = logger("procedures");

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    isDev: false,
    errorFormatter: ({ error, path, ctx }) =>
      errorShape(toTrpcError(error), { path, requestId: ctx?.info.id }),
  });

export const router = t.router;
export const mergeRouters = t.mergeRouters;
export const createCallerFactory = t.createCallerFactory;

/** Errors leave here in their final form; faults of ours are logged with request, tenant and procedure. */
const base = t.procedure.use(async ({ ctx, path, type, meta, next }) => {
  if (meta?.feature === "billing" && !config().billing.isOn) throw toTrpcError(notFound());
  if (meta?.limits !== undefined) await count("ip", meta, ctx);
  const result = await next();
  if (type === "mutation") forgetRequest(ctx.info);
  if (result.ok) return result;
  const bindings = { correlation_id: ctx.info.id, user_id: callerIdOf(ctx) };
  logFault(log.child(bindings), result.error, { procedure: path });
  return { ...result, error: toTrpcError(result.error) };
});

/** Anyone. Every use stands in the sweep test's public list. */
export const publicProcedure = base.meta({ guard: "public" });

/** Signed in; the address may be unverified. */
export const userProcedure = base.meta({ guard: "user" }).use(async ({ ctx, meta, next }) => {
  const session = requireSession(ctx.session);
  if (meta?.limits !== undefined) await count("user", meta, ctx);
  return next({ ctx: { session } });
});

/** Signed in with a verified address. */
export const verifiedProcedure = base.meta({ guard: "verified" }).use(async ({ ctx, meta, next }) => {
  const session = requireVerified(ctx.session);
  if (meta?.limits !== undefined) await count("user", meta, ctx);
  return next({ ctx: { session } });
});

/** A verified member of the named tenant whose role holds this permission; strangers get not_found. */
export function memberProcedure(permission: Permission) {
  return base.meta({ guard: "member", permission }).use(async (call) => {
    const session = requireVerified(call.ctx.session);
    const scope = await scopeOf(call.ctx, session);
    const recheck = await enter(call, scope, permission);
    return call.next({ ctx: { session, scope, recheck } });
  });
}

/** As `memberProcedure`, and not there while billing is switched off. */
export function billingProcedure(permission: Permission) {
  return memberProcedure(permission).meta({ feature: "billing" });
}

/** A member as above, or a machine of the tenant whose scopes hold this permission. */
export function memberOrMachineProcedure(permission: Permission) {
  return base.meta({ guard: "member", permission, isForMachines: true }).use(async (call) => {
    const scope = await callerScope(call.ctx);
    const recheck = await enter(call, scope, permission);
    return call.next({ ctx: { scope, recheck } });
  });
}

interface MemberCall {
  ctx: Context;
  meta: ProcedureMeta | undefined;
  path: string;
  type: "query" | "mutation" | "subscription";
}

/** Lets a call into its tenant, or throws; answers how a long one asks again whether it still may. */
async function enter({ ctx, meta, path, type }: MemberCall, scope: Scope, permission: Permission) {
  if (scope.grantId !== undefined) await enterUnderGrant(scope, { procedure: path, permission, type });
  if (ctx.machine !== null) {
    const isRefused = !scope.permissions.has(permission);
    await noteCall(ctx.machine, { procedure: path, isReading: type !== "mutation", isRefused }, ctx.info);
  }
  requirePermission(scope, permission);
  const { session } = ctx;
  if (session !== null && scope.grantId === undefined) await noteActiveTenant(session, scope.tenantId);
  if (meta?.limits !== undefined) {
    await count("user", meta, ctx);
    await count("tenant", meta, ctx, scope.tenantId);
  }
  return recheckOf(ctx, scope, permission);
}

/** An operator as below, or a machine of the platform whose scopes hold this permission. */
export function operatorOrMachineProcedure(permission: PlatformPermission) {
  const meta = { guard: "operator", permission, isForMachines: true } as const;
  return base.meta(meta).use(async ({ ctx, meta, path, type, next }) => {
    if (ctx.machine === null) requireOperator(ctx.session, permission);
    else {
      const isRefused = !platformRights(ctx.machine.scopes).has(permission);
      await noteCall(ctx.machine, { procedure: path, isReading: type !== "mutation", isRefused }, ctx.info);
      if (isRefused) throw toTrpcError(new AppError("forbidden", TEXT_FORBIDDEN));
    }
    if (meta?.limits !== undefined) await count("user", meta, ctx);
    return next();
  });
}

/** A machine, whatever its scopes. */
export const machineProcedure = base
  .meta({ guard: "machine" })
  .use(({ ctx, next }) => next({ ctx: { machine: requireMachine(ctx.machine) } }));

/** An operator whose platform role holds this permission, signed in with a second factor; others get T-5. */
export function operatorProcedure(permission: PlatformPermission) {
  return base.meta({ guard: "operator", permission }).use(async ({ ctx, meta, next }) => {
    const session = requireOperator(ctx.session, permission);
    if (meta?.limits !== undefined) await count("user", meta, ctx);
    return next({ ctx: { session } });
  });
}

async function count(
  scope: LimitScope,
  meta: ProcedureMeta | undefined,
  ctx: Context,
  tenantId?: string,
): Promise<void> {
  const isCounted = (name: LimitName) => LIMITS[name].scope === scope && !isQuotaWaived(name, ctx.info.ip);
  const names = meta?.limits?.filter(isCounted) ?? [];
  if (names.length === 0) return;
  const key = scope === "ip" ? ctx.info.ip : scope === "tenant" ? tenantId : callerIdOf(ctx);
  if (key === undefined) return;
  const state = await consumeLimits(names.map((name) => ({ name, key, ...LIMITS[name] })));
  noteLimit(ctx.info.reply, state);
  if (state.allowed) return;
  const details = { reason: "rate_limited" as const, retryAfterSeconds: state.retryAfterSeconds };
  throw toTrpcError(new AppError("over_limit", TEXT_OVER_LIMIT, details));
}

function callerIdOf({ machine, session }: Context): string | undefined {
  return machine?.accountId ?? session?.userId;
}
