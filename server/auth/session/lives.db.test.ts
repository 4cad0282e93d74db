import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { makeUser, signIn } from "../../../tests/factories/users";
import { resetConfig } from "../../platform/config";
import { db } from "../../platform/db";
import { areLive } from "./lives";

test("sessions are told apart in their order: live, ended, unknown, of somebody who has to confirm the address", async () => {
  const [live, ended] = [await signIn(await makeUser()), await signIn(await makeUser())];
  const unconfirmed = await signIn(await makeUser({ isVerified: false }));
  await db().session.update({ where: { id: ended.session.sessionId }, data: { revokedAt: new Date() } });
  const ids = [unconfirmed, ended, live].map(({ session }) => session.sessionId);
  expect(await areLive([...ids, randomUUID()])).toEqual([false, false, true, false]);
});

test("where addresses need no confirmation, a session without one lets in as any other", async () => {
  const { session } = await signIn(await makeUser({ isVerified: false }));
  process.env["REQUIRE_EMAIL_VERIFICATION"] = "false";
  resetConfig();
  expect(await areLive([session.sessionId])).toEqual([true]);
  delete process.env["REQUIRE_EMAIL_VERIFICATION"];
  resetConfig();
});
