// Links between documents resolve: files exist, and so do the headings that anchors name. The table of permissions in the
// documents is the one in the code, and the README names the rooms that there are, in their order.
import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { ROOT } from "./build-app";
import { PERMISSION_DOCUMENT, withPermissionTable } from "./permission-table";
import { listFiles, listRooms, readSource, report } from "./sources";

const problems: string[] = [];

/** A heading's anchor as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[`*_]/g, "")
    .replaceAll(/[^\p{L}\p{N}\s-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
}

function anchorsOf(path: string): Set<string> {
  const headings = readSource(path).matchAll(/^#{1,6} (.+)$/gm);
  return new Set([...headings].map(([, heading = ""]) => anchorOf(heading)));
}

function checkLink(document: string, link: string): void {
  const [file = "", anchor] = link.split("#");
  const target = file ? normalize(join(dirname(document), decodeURIComponent(file))) : document;
  if (!existsSync(join(ROOT, target))) {
    problems.push(`${document} links to ${link}, which does not exist`);
    return;
  }
  if (!anchor || !target.endsWith(".md") || statSync(join(ROOT, target)).isDirectory()) return;
  if (!anchorsOf(target).has(anchor)) problems.push(`${document} links to ${link}: no such heading`);
}

function checkRooms(): void {
  const [, line = ""] = readSource("README.md").match(/^`([\w-]+(?: <- [\w-]+)+)`$/m) ?? [];
  const rooms = listRooms().filter((room) => existsSync(join(ROOT, "server", room)));
  if (line !== rooms.join(" <- ")) problems.push(`README.md: the line of rooms is ${rooms.join(" <- ")}`);
}

for (const document of listFiles(".", /\.md$/)) {
  const text = readSource(document).replaceAll(/^```[\s\S]*?^```/gm, "");
  for (const [, link = ""] of text.matchAll(/\]\(([^)\s]+)(?:\s"[^"]*")?\)/g)) {
    if (!/^[a-z]+:/i.test(link)) checkLink(document, link);
  }
}
const document = readSource(PERMISSION_DOCUMENT);
if (withPermissionTable(document) !== document) {
  problems.push(
    `${PERMISSION_DOCUMENT} shows other permissions than server/tenants/terms.ts: run scripts/permission-table.ts`,
  );
}
checkRooms();
report("documents", problems);
