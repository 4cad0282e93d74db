// A person's own profile: names, how times are shown to them, and settings whose form a schema decides.

import { recordAudit } from "../../audit/log";
import { db } from "../../platform/db";
import { notFound } from "../../platform/errors";
import type { RequestInfo } from "../../request";
import { ProfileSettings, type UpdateProfile } from "../contract";
import type { SessionState } from "../sessions";

export interface OwnProfile {
  email: string;
  displayName: string;
  givenName: string | null;
  familyName: string | null;
  /** IANA name; null means the browser's. */
  timeZone: string | null;
  /** BCP 47 tag; null means the browser's. */
  locale: string | null;
  settings: ProfileSettings;
  avatarId: string | null;
  createdAt: string;
  lastSignInAt: string | null;
}

/** A person's own profile. */
export async function getProfile(userId: string): Promise<OwnProfile> {
  const user = await db().user.findUnique({
    where: { id: userId },
    include: {
      profile: true,
      loginEvents: { where: { result: "success" }, orderBy: { createdAt: "desc" }, take: 1 },
    },
  });
  if (!user) throw notFound("Account");
  const { profile } = user;
  return {
    email: user.email,
    displayName: profile?.displayName ?? user.email,
    givenName: profile?.givenName ?? null,
    familyName: profile?.familyName ?? null,
    timeZone: profile?.timeZone ?? null,
    locale: profile?.locale ?? null,
    settings: readSettings(profile?.settings),
    avatarId: profile?.avatarId ?? null,
    createdAt: user.createdAt.toISOString(),
    lastSignInAt: user.loginEvents[0]?.createdAt.toISOString() ?? null,
  };
}

/** Changes what the input names; what it does not name stays. */
export async function updateProfile(
  session: SessionState,
  input: UpdateProfile,
  request: RequestInfo,
): Promise<OwnProfile> {
  const { userId } = session;
  const data = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  await db().$transaction(async (tx) => {
    await tx.userProfile.upsert({
      where: { userId },
      create: { userId, displayName: session.displayName, ...data },
      update: data,
    });
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "user", id: userId },
      action: "account.profile_change",
      category: "auth",
      target: { type: "user", id: userId },
      metadata: { fields: Object.keys(data) },
      request,
    });
  });
  return getProfile(userId);
}

/** Stored settings by today's schema: what it does not know or take is as if it were not there. */
export function readSettings(stored: unknown): ProfileSettings {
  const parsed = ProfileSettings.safeParse(stored ?? {});
  return parsed.success ? parsed.data : ProfileSettings.parse({});
}
