// Files that people upload or are given, in pieces: in the database (default; every instance sees them) or in a folder
// that all instances share. Keys are paths such as "avatars/<person>/<id>"; a key is written once and whole.

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { config } from "./config";
import { platformDb } from "./db";

interface StorageDriver {
  write(key: string, position: number, bytes: Buffer): Promise<void>;
  read(key: string, position: number): Promise<Buffer | null>;
  /** Removes a key, and all keys below it. */
  remove(key: string): Promise<void>;
}

/** Every piece but the last one has this length. */
const PIECE_BYTES = 256 * 1024;
const KEY = /^[a-z]+(\/[A-Za-z0-9_-]{1,64}){1,2}$/;

/** Stores what the source gives under a key, in place of what is there; answers the number of bytes. */
export async function store(
  key: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<number> {
  await removeStored(key);
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let position = 0;
  let total = 0;
  const flush = async (isLast: boolean) => {
    let bytes = Buffer.concat(pending);
    while (bytes.length >= PIECE_BYTES || (isLast && bytes.length > 0)) {
      await driver().write(key, position, bytes.subarray(0, PIECE_BYTES));
      total += Math.min(bytes.length, PIECE_BYTES);
      bytes = bytes.subarray(PIECE_BYTES);
      position += 1;
    }
    pending = [bytes];
    pendingBytes = bytes.length;
  };
  for await (const bytes of source) {
    pending.push(Buffer.from(bytes));
    pendingBytes += bytes.length;
    if (pendingBytes >= PIECE_BYTES) await flush(false);
  }
  await flush(true);
  return total;
}

/** One piece of a stored file, from 0; null past its end. */
export async function readPiece(key: string, position: number): Promise<Buffer | null> {
  return driver().read(checked(key), position);
}

/** Removes a file, or all files below a folder. */
export async function removeStored(key: string): Promise<void> {
  await driver().remove(checked(key));
}

// A person's files are read and erased by jobs and by their owner, across tenants: the platform role's work.
const databaseDriver: StorageDriver = {
  async write(key, position, bytes) {
    await platformDb().storedPiece.create({ data: { key, position, bytes: new Uint8Array(bytes) } });
  },
  async read(key, position) {
    const row = await platformDb().storedPiece.findUnique({ where: { key_position: { key, position } } });
    return row && Buffer.from(row.bytes);
  },
  async remove(key) {
    await platformDb().storedPiece.deleteMany({
      where: { OR: [{ key }, { key: { startsWith: `${key}/` } }] },
    });
  },
};

const diskDriver: StorageDriver = {
  async write(key, position, bytes) {
    const path = diskPath(key, position);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.part`, bytes);
    await rename(`${path}.part`, path);
  },
  async read(key, position) {
    try {
      return await readFile(diskPath(key, position));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  },
  async remove(key) {
    await rm(join(folder(), key), { recursive: true, force: true });
  },
};

function driver(): StorageDriver {
  return config().storageFolder === null ? databaseDriver : diskDriver;
}

function diskPath(key: string, position: number): string {
  return join(folder(), key, `${position}.piece`);
}

function folder(): string {
  return config().storageFolder ?? "";
}

function checked(key: string): string {
  if (!KEY.test(key)) throw new Error("a storage key has another form");
  return key;
}
