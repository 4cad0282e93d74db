import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test, vi } from "vitest";
import { withLock } from "./folder-lock";

const folder = mkdtempSync(join(tmpdir(), "parley-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("of many processes that want it at once one is inside at a time, and nothing is left behind", async () => {
  const place = join(folder, "busy");
  const program = `
    import { appendFileSync } from "node:fs";
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, "folder-lock.ts"))};
    const note = (text) => appendFileSync(process.argv[2], text);
    for (let round = 0; round < 5; round += 1) await withLock(process.argv[1], async () => {
      note("(");
      await new Promise((resolve) => setTimeout(resolve, 5));
      note(")");
    });`;
  const notes = join(folder, "notes");
  const file = join(place, "starting.lock");
  const args = ["--import", "tsx", "--input-type=module", "-e", program, file, notes];
  await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args)));
  expect(readFileSync(notes, "utf8")).toBe("()".repeat(20));
  expect(readdirSync(place)).toEqual([]);
});

test("what a dead process left is cleared away", async () => {
  const file = join(folder, "left.lock");
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(file, String(pid));
  const onWait = vi.fn();
  expect(await withLock(file, async () => "in", { onWait })).toBe("in");
  expect(onWait).not.toHaveBeenCalled();
  expect(existsSync(file)).toBe(false);
});

test("a living holder is named and waited for", async () => {
  const file = join(folder, "held.lock");
  writeFileSync(file, String(process.ppid));
  const onWait = vi.fn((_holder: number) => rmSync(file));
  expect(await withLock(file, async () => "in", { onWait })).toBe("in");
  expect(onWait).toHaveBeenCalledExactlyOnceWith(process.ppid);
});

test("a failure lets go", async () => {
  const file = join(folder, "failing.lock");
  await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});
