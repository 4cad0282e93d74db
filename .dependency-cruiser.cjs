// The architecture in short: who may call whom. House rules 1-7 stand here; what an import cannot show
// (process.env, new PrismaClient, owners of models) is checked by scripts/check-walls.ts.

// A room may import the rooms to its left.
const ROOMS = [
  "audit",
  "auth",
  "mfa",
  "tenants",
  "members",
  "support-access",
  "machines",
  "catalogue",
  "wallet",
  "usage",
  "billing",
  "signup",
  "agents",
  "runs",
  "chat",
  "work",
  "support",
  "status",
  "lifecycle",
  "admin",
];
const ANY_ROOM = `^server/(${ROOMS.join("|")})/`;
const TESTS = "(\\.test\\.tsx?$|^tests/|/(test|fake)-)";
// What turns requests into calls: rooms' nouns know nothing of it.
const REQUEST_SIDE = "^server/(procedures|router|refusals|context|http[a-z-]*|index|worker)\\.ts$";
const DOORS = "^app/(api|session|http|entry)\\.server\\.tsx?$";

const roomsInALine = ROOMS.slice(0, -1).map((room, position) => ({
  name: `room-${room}-knows-only-rooms-to-its-left`,
  severity: "error",
  from: { path: `^server/${room}/`, pathNot: TESTS },
  to: { path: `^server/(${ROOMS.slice(position + 1).join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...roomsInALine,
    {
      name: "platform-knows-no-room",
      severity: "error",
      from: { path: "^server/platform/", pathNot: TESTS },
      to: { path: `(${ANY_ROOM}|${REQUEST_SIDE})` },
    },
    {
      name: "nouns-know-no-request-side",
      comment: "Only a room's router speaks tRPC; nothing in a room knows Remix.",
      severity: "error",
      from: { path: ANY_ROOM, pathNot: `(/router\\.ts$|${TESTS})` },
      to: { path: `(${REQUEST_SIDE}|^node_modules/(@trpc|@remix-run)/)` },
    },
    {
      name: "a-router-belongs-to-its-room",
      severity: "error",
      from: { path: "^server/([^/]+)/", pathNot: TESTS },
      to: { path: "^server/.+/router\\.ts$", pathNot: "^server/$1/" },
    },
    {
      name: "lucia-behind-one-file",
      comment: "Replacing it changes server/auth/sessions.ts and nothing else.",
      severity: "error",
      from: { pathNot: "^server/auth/sessions\\.ts$" },
      to: { path: "^node_modules/lucia/" },
    },
    {
      name: "procedures-stand-on-identity-and-tenancy",
      severity: "error",
      from: { path: "^server/procedures\\.ts$" },
      to: { path: ANY_ROOM, pathNot: "^server/(auth|mfa|tenants|support-access|machines)/" },
    },
    {
      name: "server-knows-no-page",
      severity: "error",
      from: { path: "^server/", pathNot: TESTS },
      to: { path: "^(app|scripts|tests)/" },
    },
    {
      name: "only-mails-speak-react",
      severity: "error",
      from: { path: "^server/", pathNot: `((emails|mail-layout)\\.tsx$|${TESTS})` },
      to: { path: "^node_modules/(react|react-dom)/" },
    },
    {
      name: "three-doors",
      comment: "Pages reach the server through the doors; terms.ts, contracts and types are open to them.",
      severity: "error",
      from: { path: "^app/", pathNot: `(${DOORS}|${TESTS})` },
      to: {
        path: "^server/",
        pathNot: "^server/[^/]+/(terms|contract)\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "components-take-contracts-as-types",
      comment: "zod must not reach the browser.",
      severity: "error",
      from: { path: "^app/components/", pathNot: TESTS },
      to: { path: "^server/[^/]+/contract\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    {
      // The fold of run events and the arithmetic of money are as pure as terms: no imports, no zod.
      name: "contracts-are-pure",
      severity: "error",
      from: { path: "^server/[^/]+/contract\\.ts$" },
      to: { pathNot: "(^node_modules/zod/|^server/([^/]+/(terms|contract)|runs/fold|platform/money)\\.ts$)" },
    },
    {
      name: "terms-import-nothing",
      severity: "error",
      from: { path: "^server/[^/]+/terms\\.ts$" },
      to: { path: ".", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "routes-are-nobodys-library",
      severity: "error",
      from: { path: "^app/", pathNot: "^app/routes/" },
      to: { path: "^app/routes/" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-development-package-in-the-product",
      severity: "error",
      from: { path: "^(server|app)/", pathNot: `(^app/routes\\.ts$|${TESTS})` },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^build/|^server/platform/prisma/)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
    builtInModules: { add: ["virtual:remix/server-build"] },
  },
};
