import { expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { makeUser, signIn } from "../../../tests/factories/users";
import { db, platformDb } from "../../platform/db";
import { AVATAR_BYTES_MAX } from "../terms";
import { readSettings } from "./profile";

async function person() {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  return { user, account: callAs({ cookie }).api.account };
}

/** The head of a picture, which is all that is looked at. */
function picture(mark: number): string {
  const bytes = Buffer.alloc(64, mark);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  bytes.write("IHDR", 12, "latin1");
  bytes.writeUInt32BE(32, 16);
  bytes.writeUInt32BE(32, 20);
  return bytes.toString("base64");
}

test("a profile changes in what is named, keeps the rest, and the log says which fields", async () => {
  const { user, account } = await person();
  await account.updateProfile({
    givenName: "Ada",
    timeZone: "Europe/Berlin",
    settings: { hourCycle: "24" },
  });
  const profile = await account.updateProfile({ familyName: "Lovelace", timeZone: "" });
  expect(profile).toMatchObject({
    email: user.email,
    givenName: "Ada",
    familyName: "Lovelace",
    timeZone: null,
    settings: { hourCycle: "24" },
    lastSignInAt: expect.any(String),
  });
  const where = { action: "account.profile_change", actorId: user.id };
  const rows = await platformDb().auditLog.findMany({ where, orderBy: { seq: "asc" } });
  expect(rows.map(({ metadata }) => metadata)).toEqual([
    { fields: ["givenName", "timeZone", "settings"] },
    { fields: ["familyName", "timeZone"] },
  ]);
});

test("what is no time zone, no language or no setting is refused at its field", async () => {
  const { account } = await person();
  for (const [field, value] of [
    ["timeZone", "Mars/Olympus"],
    ["locale", "not a language"],
    ["settings", { theme: "loud" }],
  ] as const) {
    await expect(account.updateProfile({ [field]: value } as never)).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  }
});

test("stored settings that today's schema does not know read as the default ones", () => {
  expect(readSettings({ hourCycle: "sundial" })).toEqual(readSettings(null));
});

test("a picture is shown as it was sent, a new one takes its place, and initials come back", async () => {
  const { user, account } = await person();
  expect(await account.avatar()).toBeNull();
  const first = await account.setAvatar({ image: picture(1) });
  expect(await account.avatar()).toEqual({ mediaType: "image/png", base64: picture(1) });
  const second = await account.setAvatar({ image: picture(2) });
  expect(second.avatarId).not.toBe(first.avatarId);
  expect(await account.avatar()).toEqual({ mediaType: "image/png", base64: picture(2) });
  await account.removeAvatar();
  expect(await account.avatar()).toBeNull();
  expect(await db().userProfile.findUnique({ where: { userId: user.id } })).toMatchObject({ avatarId: null });
});

test("what is no picture, or too large a one, is refused at its field", async () => {
  const { account } = await person();
  const refused = (bytes: Buffer) =>
    expect(account.setAvatar({ image: bytes.toString("base64") })).rejects.toMatchObject({
      cause: { details: { fields: { avatar: expect.any(String) } } },
    });
  await refused(Buffer.from("<svg onload=alert(1)>"));
  await refused(Buffer.concat([Buffer.from(picture(1), "base64"), Buffer.alloc(AVATAR_BYTES_MAX)]));
});
