// Procedures of workspaces. `auth.me` is served here, since who somebody is includes where they belong.

import { publicProfile } from "../auth/users";
import { router, userProcedure, verifiedProcedure } from "../procedures";
import { CreateTenant } from "./contract";
import { createOwnTenant, listMemberships } from "./tenants";

export const tenantsRouter = router({
  create: verifiedProcedure
    .meta({ limits: ["tenant-create.user"] })
    .input(CreateTenant)
    .mutation(({ ctx, input }) => createOwnTenant(ctx.session, input.name, ctx.info)),
  list: verifiedProcedure.query(({ ctx }) => listMemberships(ctx.session.userId)),
});

export const meRouter = router({
  me: userProcedure.query(async ({ ctx: { session } }) => {
    const memberships = await listMemberships(session.userId);
    const active = memberships.find(({ tenant }) => tenant.id === session.activeTenantId);
    return { ...publicProfile(session), memberships, activeTenant: active?.tenant ?? null };
  }),
});
