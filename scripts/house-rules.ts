// Rules of the house that one file alone can break: names that say nothing, files that only pass on, who may call a text a
// tenant's id, how long a page may be, what is a room's table of procedures.
import ts from "typescript";

/** A name that says nothing of what is inside: alone, or with a word before it that only says of whom. */
const EMPTY_NAME = /^(?:.+-)?(?:utils?|helpers?|libs?|common|misc|shared)(?:\.|$)/;
/** The process's entry is the one file of that name. */
const ENTRY = "server/index.ts";
/** Makes scopes, and with them ids of tenants. */
const TENANT_ID_MAKER = "server/tenants/scope.ts";
const TENANT_ID = "TenantId";

const FILE_LINES = { warn: 200, fail: 400 };
const ROUTE_LINES = { warn: 200, fail: 200 };

/** What the house has against this path, or null. */
export function nameFault(path: string): string | null {
  const empty = path.split("/").find((part) => EMPTY_NAME.test(part));
  if (empty !== undefined) return `${path}: ${empty} is no name; say what it is`;
  if (/(^|\/)index\.[a-z]+$/.test(path) && path !== ENTRY) return `${path} is named as a barrel file`;
  return null;
}

/** Whether a file holds nothing but what it passes on from others. */
export function isBarrel(source: ts.SourceFile): boolean {
  const { statements } = source;
  return (
    statements.length > 0 &&
    statements.every(
      (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined,
    )
  );
}

/** Where a product file takes a text for a tenant's id without having looked it up. */
export function listTenantIdCasts(source: ts.SourceFile): ts.Node[] {
  if (source.fileName === TENANT_ID_MAKER) return [];
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const isCast = ts.isAsExpression(node) || ts.isTypeAssertionExpression(node);
    if (isCast && namesTenantId(node.type)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

// Also inside of another type: a list of ids, a row with one.
function namesTenantId(type: ts.Node): boolean {
  if (ts.isTypeReferenceNode(type) && type.typeName.getText() === TENANT_ID) return true;
  return ts.forEachChild(type, (child) => namesTenantId(child) || undefined) ?? false;
}

/** How many lines a file may have. */
export function linesOf(path: string): { warn: number; fail: number } {
  return path.startsWith("app/routes/") && !/\.test\.tsx?$/.test(path) ? ROUTE_LINES : FILE_LINES;
}

/** Whether this is a table of procedures: that of a room or of a part of one. */
export function isRouter(path: string): boolean {
  return /^server\/(?:[^/]+\/)+router\.ts$/.test(path);
}

/** What a route exports as loader and action, however it is written; passed on from elsewhere, it is the line that does so. */
export function listHandlers(source: ts.SourceFile): { name: string; node: ts.Node }[] {
  return source.statements.flatMap(handlersOf).filter(({ name }) => /^(loader|action|\*)$/.test(name));
}

function handlersOf(statement: ts.Statement): { name: string; node: ts.Node }[] {
  if (ts.isFunctionDeclaration(statement)) return [{ name: statement.name?.text ?? "", node: statement }];
  if (ts.isExportDeclaration(statement) && !statement.isTypeOnly) {
    const { exportClause } = statement;
    if (exportClause === undefined) return [{ name: "*", node: statement }];
    if (!ts.isNamedExports(exportClause)) return [];
    return exportClause.elements.map((node) => ({ name: node.name.text, node }));
  }
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.map((node) => ({ name: node.name.getText(), node }));
}
