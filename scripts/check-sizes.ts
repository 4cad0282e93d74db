// Sizes that keep the house light: lines of files and functions, parameters, files of a room, bodies of procedures.
import { dirname } from "node:path";
import ts from "typescript";
import { isRouter, linesOf as linesAllowed } from "./house-rules";
import { listFiles, parseSource, placeOf, report } from "./sources";

const FUNCTION_LINES = { warn: 40, fail: 70 };
const COMPONENT_LINES = { warn: 100, fail: 150 };
const PARAMETERS = { warn: 3, fail: 4 };
const ROOM_FILES_MAX = 12;
const PROCEDURE_LINES_MAX = 5;
/** Remix dictates how many arguments its entry takes. */
const FRAMEWORK_SIGNATURE = "app/entry.server.tsx";
const TEST_FILE = /(\.test\.tsx?$|\.spec\.ts$|^tests\/)/;

const problems: string[] = [];
const warnings: string[] = [];

function judge(value: number, limit: { warn: number; fail: number }, text: string): void {
  if (value > limit.fail) problems.push(`${text} (at most ${limit.fail})`);
  else if (value > limit.warn) warnings.push(`${text} (better ${limit.warn})`);
}

function linesOf(source: ts.SourceFile, node: ts.Node): number {
  const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
  return source.getLineAndCharacterOfPosition(node.getEnd()).line - start + 1;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name) return node.name.getText();
  if (ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent))
    return node.parent.name.getText();
  return "a function";
}

function judgeFunction(
  source: ts.SourceFile,
  node: ts.SignatureDeclaration & { body?: ts.Node | undefined },
): void {
  if (!node.body) return;
  const name = nameOf(node);
  const isComponent = source.fileName.endsWith(".tsx") && /^[A-Z]/.test(name);
  const place = `${placeOf(source, node)} ${name}`;
  const lines = linesOf(source, node);
  judge(lines, isComponent ? COMPONENT_LINES : FUNCTION_LINES, `${place} has ${lines} lines`);
  if (source.fileName === FRAMEWORK_SIGNATURE) return;
  judge(node.parameters.length, PARAMETERS, `${place} takes ${node.parameters.length} parameters`);
  if (isProcedureBody(source, node) && linesOf(source, node.body) > PROCEDURE_LINES_MAX) {
    warnings.push(
      `${place} is a procedure body of ${linesOf(source, node.body)} lines (better ${PROCEDURE_LINES_MAX})`,
    );
  }
}

function isProcedureBody(source: ts.SourceFile, node: ts.Node): boolean {
  if (!isRouter(source.fileName) || !ts.isCallExpression(node.parent)) return false;
  return /\.(query|mutation|subscription)$/.test(node.parent.expression.getText(source));
}

function visit(source: ts.SourceFile, node: ts.Node): void {
  // A test file's outer callback is its list of tests, not a function that someone reads as one.
  if (ts.isFunctionLike(node) && !TEST_FILE.test(source.fileName)) judgeFunction(source, node);
  ts.forEachChild(node, (child) => visit(source, child));
}

const files = ["app", "server", "scripts", "tests", "prisma"].flatMap((folder) =>
  listFiles(folder, /\.(tsx?|mjs)$/),
);
const roomFiles = new Map<string, number>();
for (const path of files) {
  const source = parseSource(path);
  const lines = source.getLineStarts().length - 1;
  judge(lines, linesAllowed(path), `${path} has ${lines} lines`);
  visit(source, source);
  const folder = dirname(path);
  const isRoom = folder.startsWith("server/") && folder !== "server/platform";
  if (isRoom && !TEST_FILE.test(path)) roomFiles.set(folder, (roomFiles.get(folder) ?? 0) + 1);
}
for (const [room, count] of roomFiles) {
  if (count > ROOM_FILES_MAX) warnings.push(`${room} has ${count} files (split beyond ${ROOM_FILES_MAX})`);
}
report("sizes", problems, warnings);
