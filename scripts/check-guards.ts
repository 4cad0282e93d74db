// Nothing is open by accident: every procedure stands on a rung of the ladder, every loader and action calls a guard,
// and what is public is listed here on purpose.
import { randomBytes } from "node:crypto";
import ts from "typescript";
import { listHandlers } from "./house-rules";
import { listFiles, parseSource, placeOf, report } from "./sources";

const PUBLIC_PROCEDURES = new Set([
  "account.cancelDeletion",
  "auth.captcha",
  "auth.forgotPassword",
  "auth.login",
  "auth.logout",
  "auth.recoveryLogin",
  "auth.register",
  "auth.resetPassword",
  "email.cancelChange",
  "email.confirmChange",
  "email.resend",
  "email.verify",
  "members.openDoor",
  "members.previewInvite",
  "members.signUp",
  "mfa.challenge",
  "mfa.enableComplete",
  "mfa.enableInit",
  "mfa.setup",
  "mfa.verify",
  "serviceAccounts.issue",
  "serviceAccounts.refresh",
  "signup.policy",
  "signup.requestAccess",
]);
/** HTTP doors that answer machines or anyone, each with its own rule (a token, a signature, nothing secret). */
const PUBLIC_ROUTES = new Set([
  "app/routes/[.]well-known.jwks[.]json.ts",
  "app/routes/csp-report.ts",
  "app/routes/webhooks.stripe.ts",
  "app/routes/healthz.ts",
  "app/routes/metrics.ts",
  "app/routes/readyz.ts",
]);
/** What goes when billing is switched off. */
const OF_BILLING =
  /^(billing\.|admin\.billing\.(events?|intake|replay)$|reserve\.(topUp|setAutoTopUp)$|plans\.change$)/;
const RUNGS = new Set(["user", "verified", "member", "operator", "machine"]);
const GUARD_FILE = "app/session.server.ts";

const problems: string[] = [];

interface ProcedureDefinition {
  _def: { meta?: { guard?: string; permission?: string; feature?: string } };
}

async function checkProcedures(): Promise<void> {
  setEnvironment();
  const { appRouter } = await import("../server/router");
  const procedures = (appRouter as unknown as { _def: { procedures: Record<string, ProcedureDefinition> } })
    ._def.procedures;
  for (const [path, procedure] of Object.entries(procedures)) {
    const { guard, permission, feature } = procedure._def.meta ?? {};
    if (OF_BILLING.test(path) && feature !== "billing") problems.push(`${path} stays when billing is off`);
    if (guard === "public" && !PUBLIC_PROCEDURES.has(path))
      problems.push(`${path} is public and not listed as such`);
    if (guard !== "public" && !RUNGS.has(guard ?? ""))
      problems.push(`${path} stands on no rung of the ladder`);
    if ((guard === "member" || guard === "operator") && !permission)
      problems.push(`${path} asks for no permission`);
  }
  for (const path of PUBLIC_PROCEDURES) {
    if (procedures[path]?._def.meta?.guard !== "public")
      problems.push(`${path} is listed as public and is not`);
  }
}

/** Enough for the modules to load; no connection is opened. */
function setEnvironment(): void {
  const keyRing = () => JSON.stringify({ "1": randomBytes(32).toString("base64") });
  const nowhere = "postgresql://nobody@127.0.0.1:1/none";
  process.env["NODE_ENV"] = "test";
  process.env["DATABASE_URL"] = nowhere;
  process.env["DATABASE_PLATFORM_URL"] = nowhere;
  for (const name of ["APP_SECRETS", "PASSWORD_PEPPERS", "ENCRYPTION_KEYS"]) process.env[name] = keyRing();
}

function listGuards(): Set<string> {
  const source = parseSource(GUARD_FILE);
  const names = source.statements
    .filter(ts.isFunctionDeclaration)
    .map((statement) => statement.name?.text ?? "");
  return new Set(names.filter((name) => /^(require|allow|redirect)/.test(name)));
}

function callsGuard(node: ts.Node, guards: Set<string>): boolean {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && guards.has(node.expression.text))
    return true;
  return ts.forEachChild(node, (child) => callsGuard(child, guards) || undefined) ?? false;
}

function checkRoutes(): void {
  const guards = listGuards();
  const routes = [...listFiles("app/routes", /\.tsx?$/), "app/root.tsx"];
  for (const path of routes.filter((route) => !PUBLIC_ROUTES.has(route) && !/\.test\.tsx?$/.test(route))) {
    const source = parseSource(path);
    for (const { name, node } of listHandlers(source)) {
      if (callsGuard(node, guards)) continue;
      problems.push(`${placeOf(source, node)} ${name} calls no guard of ${GUARD_FILE}`);
    }
  }
}

checkRoutes();
await checkProcedures();
report("guards", problems);
process.exit();
