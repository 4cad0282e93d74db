// How passwords are stored: Argon2id, and the PHC string sealed with AES-256-GCM under a versioned pepper, so that a
// stolen database alone is useless and peppers can be rotated without anybody's password.

import { type Algorithm, hash, type Options, verify } from "@node-rs/argon2";
import { currentKeyId, open, seal } from "../../platform/crypto";
import { randomToken } from "../../platform/ids";
import { hashGate } from "./gate";

/** A row of `password_credentials` without its owner. */
export interface StoredPassword {
  envelope: Uint8Array<ArrayBuffer>;
  pepperKeyId: string;
  paramsVersion: number;
}

export interface PasswordCheck {
  isCorrect: boolean;
  /** What to store instead: present when the password was right and its parameters or pepper are not the current ones. */
  renewed?: StoredPassword;
}

/** Raised with every change of ARGON2: hashes of older versions are renewed at the next successful sign-in. */
const PARAMS_VERSION = 1;
const ARGON2: Options = {
  // A const enum cannot be read under isolatedModules; 2 is Algorithm.Argon2id.
  algorithm: 2 as Algorithm.Argon2id,
  timeCost: 3,
  memoryCost: 64 * 1024,
  parallelism: 2,
  outputLen: 32,
};

// A row that somebody planted must not make the server work for minutes.
const STORED_MEMORY_KIB_MAX = 128 * 1024;
const STORED_TIME_COST_MAX = 6;
const STORED_PARALLELISM_MAX = 4;

/** Text as it is hashed: the same password typed on another keyboard or system is the same text (NFKC). */
export function normalizePassword(password: string): string {
  return password.normalize("NFKC");
}

/** Hashes a new password for one user. Waits for the gate; never call it inside a transaction. */
export async function hashPassword(
  userId: string,
  password: string,
  signal?: AbortSignal,
): Promise<StoredPassword> {
  const phc = await hashGate.run(() => hash(normalizePassword(password), ARGON2), signal);
  return sealed(userId, phc);
}

/**
 * Checks a password against what is stored. Without a stored password the same work is done against a decoy, and the
 * answer is no: an unknown account costs as much as a known one.
 */
export async function checkPassword(
  account: { userId: string; stored: StoredPassword } | null,
  password: string,
  signal?: AbortSignal,
): Promise<PasswordCheck> {
  const phc = account ? opened(account.userId, account.stored) : await decoy();
  const text = normalizePassword(password);
  const isMatch = await hashGate.run(() => verify(phc, text), signal);
  if (!account || !isMatch) return { isCorrect: false };
  if (isCurrent(account.stored)) return { isCorrect: true };
  return { isCorrect: true, renewed: await renew(account, phc, password) };
}

/** Whether a password is one of those stored for a user: one hash each, through the gate. */
export async function matchesAny(
  userId: string,
  stored: StoredPassword[],
  password: string,
  signal?: AbortSignal,
): Promise<boolean> {
  for (const one of stored) {
    const { isCorrect } = await checkPassword({ userId, stored: one }, password, signal);
    if (isCorrect) return true;
  }
  return false;
}

function isCurrent(stored: StoredPassword): boolean {
  return stored.paramsVersion === PARAMS_VERSION && stored.pepperKeyId === currentKeyId("passwordPeppers");
}

async function renew(
  { userId, stored }: { userId: string; stored: StoredPassword },
  phc: string,
  password: string,
): Promise<StoredPassword> {
  return stored.paramsVersion === PARAMS_VERSION ? sealed(userId, phc) : hashPassword(userId, password);
}

function sealed(userId: string, phc: string): StoredPassword {
  return {
    envelope: new Uint8Array(seal("passwordPeppers", sealContext(userId), Buffer.from(phc))),
    pepperKeyId: currentKeyId("passwordPeppers"),
    paramsVersion: PARAMS_VERSION,
  };
}

function opened(userId: string, stored: StoredPassword): string {
  const phc = open("passwordPeppers", sealContext(userId), stored.envelope).toString();
  const [, memory, time, parallelism] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(phc) ?? [];
  const isBounded =
    Number(memory) <= STORED_MEMORY_KIB_MAX &&
    Number(time) <= STORED_TIME_COST_MAX &&
    Number(parallelism) <= STORED_PARALLELISM_MAX;
  if (!isBounded) throw new Error("stored password hash is out of bounds");
  return phc;
}

function sealContext(userId: string): string {
  return `password_credentials|envelope|${userId}`;
}

/** Begins to make the decoy, so that the first unknown address costs no more than the next. */
export function prepareDecoy(): void {
  void decoy();
}

let decoyPhc: Promise<string> | undefined;

// Nobody knows the decoy's password; it is made once per process, with the current parameters.
function decoy(): Promise<string> {
  decoyPhc ??= hash(randomToken(), ARGON2);
  return decoyPhc;
}
