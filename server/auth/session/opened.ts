// What follows a sign-in, outside of it: the place of its address when a service has to be asked, and the mail about an
// unknown browser. The job is enqueued by `session_opened` in the transaction that opens the session.

import { z } from "zod";
import { db } from "../../platform/db";
import { findPlace, isPlaceLookedUpLater } from "../../platform/geo";
import { queueMail } from "../../platform/mailer";
import { defineJob } from "../../platform/queue";
import { newDeviceMail } from "../emails";
import { deviceName, placeName, sessionAddress } from "./device";

const SessionOpened = z.object({ sessionId: z.string(), isNewDevice: z.boolean() });

export const sessionOpenedJob = defineJob({
  name: "auth.session-opened",
  payload: SessionOpened,
  run: completeSession,
});

/** Looks up the place and tells the person of a new browser. Repeated, it sends no second mail. */
export async function completeSession(opened: z.output<typeof SessionOpened>): Promise<void> {
  const session = await db().session.findUnique({
    where: { id: opened.sessionId },
    include: { user: { select: { email: true } } },
  });
  if (!session) return;
  const found = await placeOf(session);
  const { browser, platform, createdAt: at } = session;
  await db().$transaction(async (tx) => {
    if (found) await tx.session.updateMany({ where: { id: session.id }, data: { ...found } });
    if (!opened.isNewDevice) return;
    const seen = { device: deviceName({ browser, platform }), place: placeName(found ?? session), at };
    const dedupeKey = `new-device:${session.id}`;
    await queueMail(tx, { to: session.user.email, ...newDeviceMail(seen), dedupeKey });
  });
}

async function placeOf(session: { id: string; ipEnvelope: Uint8Array | null }) {
  if (!isPlaceLookedUpLater()) return null;
  const ip = sessionAddress(session.id, session.ipEnvelope);
  return ip === null ? null : findPlace(ip);
}
