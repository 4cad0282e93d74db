// One fitting input for every procedure, made of the ground's ids. A procedure that is not in this table fails the sweeps:
// adding one means saying here what it takes and whose things it names.
import { randomUUID } from "node:crypto";
import type { Ground } from "./ground";

export interface SweepEntry {
  /** What the owner would send; null for procedures without input. */
  input: ((ids: Ground["ids"]) => Record<string, unknown>) | null;
  /** True when the input names something of the owner: anyone else gets not_found. */
  isNaming?: true;
  /** True for what the members of a workspace share: colleagues of rank see and change it too. */
  isShared?: true;
  /** True for what the owner does not find either: it is not there, or is found under a support grant alone. */
  isHidden?: true;
}

const none: SweepEntry = { input: null };
const open = (input: Record<string, unknown>): SweepEntry => ({ input: () => input });
const naming = (input: (ids: Ground["ids"]) => Record<string, unknown>): SweepEntry => ({
  input,
  isNaming: true,
});

/** Names something of the workspace: strangers get not_found, colleagues may find it. */
const shared = (input: (ids: Ground["ids"]) => Record<string, unknown>): SweepEntry => ({
  ...naming(input),
  isShared: true,
});

const conversation = naming(({ conversationId }) => ({ conversationId }));
const answer = naming(({ assistantMessageId }) => ({
  messageId: assistantMessageId,
  clientMessageId: randomUUID(),
}));
// Nobody: what operators change must not be the ground others stand on.
const nobody = (more: Record<string, unknown> = {}): SweepEntry => ({
  input: () => ({ userId: randomUUID(), ...more }),
});
const grant = (more: Record<string, unknown> = {}): SweepEntry => ({
  input: () => ({ grantId: randomUUID(), ...more }),
});
const reason = "Asked for by the sweep";
const password = "violet-harbor-93-kite";

export const SWEEP: Record<string, SweepEntry> = {
  "auth.captcha": open({ action: "login" }),
  "auth.login": open({ email: "nobody@sweep.example", password, remember: true }),
  "auth.logout": none,
  "auth.logoutAll": none,
  "auth.me": none,
  "auth.forgotPassword": open({ email: "nobody@sweep.example" }),
  "auth.resetPassword": open({ token: "no-such-token", password }),
  "account.changeEmail": open({ email: "other@sweep.example" }),
  "email.confirmChange": open({ token: "no-such-token" }),
  "email.cancelChange": open({ token: "no-such-token" }),
  "account.changePassword": open({ currentPassword: "not-the-password", newPassword: password }),
  "auth.recoveryLogin": open({ code: "AAAA-BBBB-CCCC-2222" }),
  "auth.register": open({ email: "new@sweep.example", password, name: "Sweep", tenantName: "Sweep" }),
  "auth.stepUp": open({ password, code: "000000" }),
  "mfa.enableInit": open({ password }),
  "mfa.enableComplete": open({ code: "000000" }),
  "mfa.setup": none,
  "mfa.challenge": none,
  "mfa.verify": open({ code: "000000" }),
  "mfa.status": none,
  "mfa.disable": open({ password, code: "000000" }),
  "mfa.regenerateCodes": open({ password, code: "000000" }),
  "email.resend": open({ email: "nobody@sweep.example" }),
  "email.verify": open({ token: "no-such-token" }),
  "sessions.list": open({ page: 1, pageSize: 10 }),
  "sessions.revoke": naming(({ sessionId }) => ({ sessionId })),
  "sessions.revokeOthers": none,
  "signup.policy": none,
  "account.profile": none,
  "account.updateProfile": open({
    displayName: "Sweep",
    timeZone: "Europe/Berlin",
    settings: { hourCycle: "24" },
  }),
  "account.avatar": none,
  "account.setAvatar": open({ image: "iVBORw0KGgo=" }),
  "account.removeAvatar": none,
  "account.exports": none,
  "account.startExport": none,
  "account.exportPiece": naming(({ exportId }) => ({ exportId, position: 0 })),
  "account.departure": none,
  "account.delete": open({ confirmation: "nobody@sweep.example" }),
  "account.cancelDeletion": open({ token: "no-such-token" }),
  "tenants.create": open({ name: "Sweep" }),
  "tenants.list": none,
  "members.list": { ...open({ search: "", limit: 10 }), isShared: true },
  "tenants.preferences": none,
  "tenants.settings": none,
  // Before what renames: a text that is the name by then would confirm it.
  "tenants.delete": open({ confirmation: "not the name" }),
  "tenants.update": open({
    version: 1,
    name: "Sweep",
    billingContacts: ["bills@sweep.example"],
    billingWebhookUrl: "https://hooks.sweep.com/billing",
    planMetadata: { order: "17" },
    features: { webSearch: false },
    retentionDays: 30,
  }),
  "tenants.changeSlug": open({ slug: "sweep" }),
  "supportAccess.live": none,
  "supportAccess.list": none,
  "supportAccess.approve": grant({ scope: "metadata", hours: 1 }),
  "supportAccess.decline": grant(),
  "supportAccess.end": grant(),
  "supportAccess.conversations": { ...naming(() => ({})), isHidden: true },
  "supportAccess.messages": { ...conversation, isHidden: true },
  "supportAccess.ask": open({ tenant: "no-such-tenant", reason, scope: "content", hours: 4 }),
  "supportAccess.withdraw": grant(),
  "serviceAccounts.issue": open({
    tenant: "no-such-tenant",
    account: "demo-bot",
    scopes: ["tools:read"],
    reason,
  }),
  "serviceAccounts.refresh": open({ refreshToken: "no-such-token" }),
  "serviceAccounts.whoami": none,
  "serviceAccounts.prepare": open({
    tenant: "no-such-tenant",
    account: "demo-bot",
    scopes: ["tools:read"],
    reason,
  }),
  "serviceAccounts.issueSigned": open({ payload: "e30", signature: "vault:v1:none" }),
  "serviceAccounts.tokens": open({ account: "demo-bot", status: "active", page: 1, pageSize: 10 }),
  "serviceAccounts.revoke": { input: () => ({ tokenId: randomUUID(), reason }) },
  "serviceAccounts.accounts": none,
  "serviceAccounts.createAccount": open({
    tenant: "no-such-tenant",
    name: "sweep-bot",
    scopes: ["tools:read"],
  }),
  "serviceAccounts.setAccountDisabled": { input: () => ({ accountId: randomUUID(), disabled: true }) },
  "tenants.auditLog": open({
    actor: "nobody",
    action: "test.",
    from: "2026-01-01",
    to: "2026-01-31",
    limit: 10,
  }),
  "tenants.auditActors": { ...none, isShared: true },
  "tenants.exportAudit": open({ action: "test." }),
  "tenants.defaults": none,
  "tenants.setDefaults": open({ version: 1, agentId: "triage", model: "parley-demo" }),
  "tenants.previewRetention": open({ days: 30 }),
  "tenants.restore": none,
  "tenants.deletions": none,
  "tenants.certificate": { ...naming(() => ({ deletionId: randomUUID() })), isHidden: true },
  "members.setRole": shared(({ memberId }) => ({ userId: memberId, role: "viewer" })),
  "members.remove": shared(({ memberId }) => ({ userId: memberId })),
  "members.leave": none,
  "members.transfer": { input: () => ({ userId: randomUUID(), confirmation: "Sweep" }) },
  "members.seats": none,
  "members.invites": { ...open({ limit: 10 }), isShared: true },
  "members.invite": open({ email: "guest@sweep.example", role: "member", message: "Hello" }),
  "members.invitePeople": open({ emails: ["guests@sweep.example"], role: "member", message: "Hello" }),
  "members.resendInvite": shared(({ inviteId }) => ({ inviteId })),
  "members.copyInviteLink": shared(({ inviteId }) => ({ inviteId })),
  "members.revokeInvite": shared(({ inviteId }) => ({ inviteId })),
  "members.previewInvite": open({ token: "no-such-token" }),
  "members.openDoor": open({ token: "no-such-token" }),
  "members.signUp": open({ token: "no-such-token", name: "Sweep", password }),
  "members.acceptInvite": open({ token: "no-such-token" }),
  "agents.list": none,
  "tools.list": none,
  "models.list": none,
  "plans.list": none,
  "plans.current": none,
  "reserve.balance": { ...none, isShared: true },
  "admin.billing.unpricedModels": none,
  "admin.billing.reserveSummary": open({ search: "nobody", sort: "lowest", page: 1, pageSize: 10 }),
  "admin.billing.holds": open({ tenantId: randomUUID(), page: 1 }),
  "admin.billing.account": { input: () => ({ tenantId: randomUUID() }) },
  "admin.billing.setPolicy": {
    input: () => ({
      tenantId: randomUUID(),
      lowPolicy: "block",
      lowThresholdNano: "0",
      floorNano: "0",
      reason,
    }),
  },
  "admin.billing.overrideBlock": { input: () => ({ tenantId: randomUUID(), hours: 1, reason }) },
  "admin.billing.setQuotaGuard": open({ isOn: true, reason }),
  "admin.billing.reconcile": none,
  "admin.billing.adjustments": open({ state: "pending", page: 1 }),
  "admin.billing.adjustReserve": {
    input: () => ({ tenantId: randomUUID(), amountNano: "1000000000", reason, requestId: randomUUID() }),
  },
  "admin.billing.approveAdjustment": open({ tenantId: randomUUID(), adjustmentId: randomUUID() }),
  "admin.billing.rejectAdjustment": open({ tenantId: randomUUID(), adjustmentId: randomUUID() }),
  "conversations.list": open({ limit: 10, archived: false }),
  "conversations.marks": none,
  "conversations.get": conversation,
  "conversations.search": open({ query: "secret", limit: 10 }),
  "conversations.export": naming(({ conversationId }) => ({ conversationId, format: "json" })),
  "conversations.markRead": conversation,
  "conversations.setLeaf": naming(({ conversationId, userMessageId }) => ({
    conversationId,
    messageId: userMessageId,
  })),
  "conversations.create": open({ agentId: "triage", model: "parley-demo" }),
  "conversations.rename": naming(({ conversationId }) => ({ conversationId, title: "Sweep" })),
  "conversations.setModel": naming(({ conversationId }) => ({ conversationId, model: "parley-demo" })),
  "conversations.archive": naming(({ conversationId }) => ({ conversationId, archived: true })),
  "conversations.delete": conversation,
  "conversations.restore": naming(({ deletedConversationId }) => ({ conversationId: deletedConversationId })),
  "messages.list": naming(({ conversationId, assistantMessageId }) => ({
    conversationId,
    before: assistantMessageId,
    limit: 10,
  })),
  "chat.send": naming(({ conversationId }) => ({
    conversationId,
    text: "Sweep",
    clientMessageId: randomUUID(),
    model: "parley-demo",
    agentId: "triage",
  })),
  "chat.continue": answer,
  "chat.retry": answer,
  "chat.regenerate": answer,
  "chat.edit": naming(({ userMessageId }) => ({
    messageId: userMessageId,
    text: "Sweep",
    clientMessageId: randomUUID(),
  })),
  "chat.stop": naming(({ activeRunId }) => ({ runId: activeRunId })),
  "admin.users.list": open({
    search: "nobody",
    status: "active",
    role: "user",
    isVerified: true,
    hasSecondFactor: false,
    sort: "newest",
    page: 1,
    pageSize: 10,
  }),
  "signup.requestAccess": open({
    email: "asks@sweep.example",
    fullName: "Sweep",
    organisation: "Sweep",
    message: "Please",
    captchaToken: "none",
    website: "",
  }),
  "admin.access.requests": open({ status: "pending", page: 1, pageSize: 10 }),
  "admin.access.approve": { input: () => ({ requestId: randomUUID() }) },
  "admin.access.reject": { input: () => ({ requestId: randomUUID(), reason }) },
  "admin.access.invites": open({ state: "active", page: 1, pageSize: 10 }),
  "admin.access.createInvite": open({
    email: "guest@sweep.example",
    note: "Sweep",
    tenantSlug: "no-such-tenant",
  }),
  "admin.access.revokeInvite": { input: () => ({ inviteId: randomUUID() }) },
  "admin.tenants.list": open({ search: "nobody", page: 1, pageSize: 10 }),
  "admin.system.get": none,
  "admin.tenants.get": { input: () => ({ tenantId: randomUUID() }) },
  "admin.audit.list": open({
    actor: "nobody",
    action: "test.",
    category: "auth",
    targetType: "user",
    limit: 10,
  }),
  "admin.audit.export": open({ actor: "nobody", target: "nothing", from: "2026-01-01", to: "2026-01-31" }),
  "admin.users.get": nobody(),
  "admin.users.lock": nobody({ reason }),
  "admin.users.unlock": nobody(),
  "admin.users.disable": nobody({ reason }),
  "admin.users.enable": nobody(),
  "admin.users.setRole": nobody({ role: "support", reason }),
  "admin.users.resetTwoFactor": nobody({ reason }),
  "admin.users.resetPassword": nobody({ password, reason }),
  "admin.users.resendVerification": nobody(),
  "chat.runEvents": naming(({ runId }) => ({ runId, lastEventId: "1-1" })),
};
