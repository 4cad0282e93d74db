// No transaction is open while a password is hashed: a hash takes as long as a hundred queries and may wait for its slot, and
// a pool of ten connections would be lent out to waiting requests. Looked at from outside, in the database, at each hash.
import pg from "pg";
import { afterAll, expect, test, vi } from "vitest";
import { callAs, ownerOf } from "../factories/callers";
import { tokenMailedTo } from "../factories/mails";
import { makeOperator } from "../factories/operators";
import { makeTenant } from "../factories/tenants";
import { makeUser, GOOD_PASSWORD as password, signIn } from "../factories/users";

const watch = vi.hoisted(() => ({ openTransactions: async () => 0, atHashes: [] as number[] }));

// why: the moment of hashing is inside the procedures; everything else is as it is.
vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof import("@node-rs/argon2")>();
  const noted =
    <Args extends unknown[], Answer>(work: (...args: Args) => Promise<Answer>) =>
    async (...args: Args) => {
      watch.atHashes.push(await watch.openTransactions());
      return work(...args);
    };
  return { ...real, hash: noted(real.hash), verify: noted(real.verify) };
});

const OPEN = `SELECT count(*)::int AS open FROM pg_stat_activity
  WHERE datname = current_database() AND state LIKE 'idle in transaction%'`;
const observer = new pg.Pool({ connectionString: process.env["TEST_SUPERUSER_URL"], max: 1 });
watch.openTransactions = async () => (await observer.query<{ open: number }>(OPEN)).rows[0]?.open ?? -1;

afterAll(async () => {
  await observer.end();
});

const newPassword = "amber-lantern-7-orchid-77";
const reason = "Asked for by the sweep";
let lastPerson = 0;
const newEmail = () => {
  lastPerson += 1;
  return `person${lastPerson}@company${lastPerson}.example`;
};
const register = (email: string) => callAs().api.auth.register({ email, password, name: "Ada Lovelace" });
const login = (email: string, typed: string) => callAs().api.auth.login({ email, password: typed });

/** Prepares, and answers what is looked at. */
const DEEDS: Record<string, () => Promise<() => Promise<unknown>>> = {
  "registering a new address": async () => () => register(newEmail()),
  "registering a pending address again": async () => {
    const email = newEmail();
    await register(email);
    return () => register(email);
  },
  "registering a confirmed address": async () => {
    const { email } = await makeUser();
    return () => register(email);
  },
  "signing in": async () => {
    const { email } = await makeUser();
    return () => login(email, password);
  },
  "signing in with a wrong password": async () => {
    const { email } = await makeUser();
    return () => login(email, newPassword);
  },
  "signing in to an account that is not there": async () => () => login(newEmail(), password),
  "changing the password": async () => {
    const { cookie } = await signIn(await makeUser());
    const change = { currentPassword: password, newPassword };
    return () => callAs({ cookie }).api.account.changePassword(change);
  },
  "setting a forgotten password": async () => {
    const { email } = await makeUser();
    await callAs().api.auth.forgotPassword({ email });
    const token = await tokenMailedTo(email, "password_reset");
    return () => callAs().api.auth.resetPassword({ token, password: newPassword });
  },
  "proving again who one is": async () => {
    const { cookie } = await signIn(await makeUser());
    return () => callAs({ cookie }).api.auth.stepUp({ password });
  },
  "beginning a second factor": async () => {
    const { cookie } = await signIn(await makeUser());
    return () => callAs({ cookie }).api.mfa.enableInit({ password });
  },
  "signing up by a mailed invite": async () => {
    const email = newEmail();
    await (await ownerOf(await makeTenant()))().members.invite({ email, role: "member" });
    const token = await tokenMailedTo(email, "tenant_invite");
    return () => callAs().api.members.signUp({ token, name: "Ada Lovelace", password });
  },
  "signing up by a copied invite": async () => {
    const owner = await ownerOf(await makeTenant());
    const { inviteId } = await owner().members.invite({ email: newEmail(), role: "member" });
    const { link } = await owner().members.copyInviteLink({ inviteId });
    const token = new URL(link).searchParams.get("token") ?? "none";
    return () => callAs().api.members.signUp({ token, name: "Ada Lovelace", password });
  },
  "an operator setting somebody's password": async () => {
    const { cookie } = await makeOperator();
    const { id: userId } = await makeUser();
    return () => callAs({ cookie }).api.admin.users.resetPassword({ userId, password: newPassword, reason });
  },
};

test.each(Object.entries(DEEDS))("%s holds no transaction open while it hashes", async (_, prepare) => {
  const act = await prepare();
  watch.atHashes = [];
  await act().catch((error: { code?: string }) => expect(error.code).toBe("UNAUTHORIZED"));
  expect(watch.atHashes.length).toBeGreaterThan(0);
  expect(watch.atHashes).toEqual(watch.atHashes.map(() => 0));
});
