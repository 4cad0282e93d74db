// The table of contents: one line per room. A procedure's namespace need not be its room's name.

import { adminRouter } from "./admin/router";
import { agentsRouter, toolsRouter } from "./agents/router";
import { accountRouter, authRouter, emailChangeRouter, emailRouter, sessionsRouter } from "./auth/router";
import { billingReserveRouter } from "./billing/money/router";
import { billingStreamRouter } from "./billing/stream/router";
import { requireUnpaid } from "./billing/subscription/live";
import { subscriptionRouter } from "./billing/subscription/router";
import { seatPrice } from "./billing/subscription/seats/seat-price";
import { meRouter, modelsRouter, plansRouter } from "./catalogue/router";
import { providePayments } from "./catalogue/subscription";
import { chatRouter, chatSettingsRouter, conversationsRouter, messagesRouter } from "./chat/router";
import { ownDataRouter, tenantDeletionRouter } from "./lifecycle/router";
import { serviceAccountsRouter } from "./machines/router";
import { membersRouter } from "./members/router";
import { provideSeatPrice } from "./members/seats";
import { provideSpend } from "./members/spend";
import { mfaRouter, signInRouter } from "./mfa/router";
import { mergeRouters, router } from "./procedures";
import { registerRouter, signupRouter } from "./signup/router";
import { supportAccessRouter } from "./support-access/router";
import { tenantsRouter } from "./tenants/router";
import { spendOfMembers } from "./usage/member-spend";
import { statusBarRouter, usageRouter } from "./usage/router";
import { limitsRouter, reserveRouter } from "./wallet/router";

provideSeatPrice(seatPrice);
providePayments(requireUnpaid);
provideSpend(spendOfMembers);

export const appRouter = router({
  auth: mergeRouters(authRouter, signInRouter, meRouter, registerRouter),
  mfa: mfaRouter,
  email: mergeRouters(emailRouter, emailChangeRouter),
  sessions: sessionsRouter,
  signup: signupRouter,
  account: mergeRouters(accountRouter, ownDataRouter),
  tenants: mergeRouters(tenantsRouter, chatSettingsRouter, tenantDeletionRouter),
  members: membersRouter,
  supportAccess: supportAccessRouter,
  serviceAccounts: serviceAccountsRouter,
  agents: agentsRouter,
  tools: toolsRouter,
  models: modelsRouter,
  plans: plansRouter,
  billing: mergeRouters(billingStreamRouter, subscriptionRouter),
  reserve: mergeRouters(reserveRouter, billingReserveRouter),
  limits: limitsRouter,
  usage: usageRouter,
  statusBar: statusBarRouter,
  conversations: conversationsRouter,
  messages: messagesRouter,
  chat: chatRouter,
  admin: adminRouter,
});

export type AppRouter = typeof appRouter;
