// A person's picture: an upload that is judged by its bytes, not by its name, kept under a new id each time, so that
// its address can be cached for good.

import { recordAudit } from "../../audit/log";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { readPiece, removeStored, store } from "../../platform/storage";
import type { RequestInfo } from "../../request";
import type { SetAvatar } from "../contract";
import type { SessionState } from "../sessions";
import { AVATAR_BYTES_MAX } from "../terms";
import { imageTypeOf } from "./image-type";

export interface Avatar {
  mediaType: string;
  extension: string;
  bytes: Buffer;
}

const TEXT_NOT_AN_IMAGE = "Choose a PNG, JPEG or WebP picture.";
const TEXT_TOO_LARGE = `The picture may have at most ${AVATAR_BYTES_MAX / 1024} KB.`;

/** Makes these bytes the person's picture. Throws `invalid` unless they are a small PNG, JPEG or WebP. */
export async function setAvatar(
  { userId }: SessionState,
  { image }: SetAvatar,
  request: RequestInfo,
): Promise<{ avatarId: string }> {
  const bytes = Buffer.from(image, "base64");
  if (bytes.length > AVATAR_BYTES_MAX) throw refusal(TEXT_TOO_LARGE);
  const type = imageTypeOf(bytes);
  if (type === null) throw refusal(TEXT_NOT_AN_IMAGE);
  const avatarId = newId();
  await store(keyOf(userId, avatarId), [bytes]);
  await replace(userId, { avatarId, avatarMediaType: type.mediaType }, request);
  return { avatarId };
}

/** Goes back to initials. */
export async function removeAvatar({ userId }: SessionState, request: RequestInfo): Promise<void> {
  await replace(userId, { avatarId: null, avatarMediaType: null }, request);
}

/** The person's picture as it is sent, or null. */
export async function showAvatar(userId: string): Promise<{ mediaType: string; base64: string } | null> {
  const avatar = await readAvatar(userId);
  return avatar && { mediaType: avatar.mediaType, base64: avatar.bytes.toString("base64") };
}

/** The person's picture, or null. */
export async function readAvatar(userId: string): Promise<Avatar | null> {
  const profile = await db().userProfile.findUnique({ where: { userId } });
  if (!profile?.avatarId) return null;
  // A picture fits one piece.
  const first = await readPiece(keyOf(userId, profile.avatarId), 0);
  const type = first && imageTypeOf(first);
  return first && type && { bytes: first, ...type };
}

// What was there before goes once nothing names it any more; of two at once, each removes what it took the place of.
async function replace(
  userId: string,
  data: { avatarId: string | null; avatarMediaType: string | null },
  request: RequestInfo,
): Promise<void> {
  const before = await db().$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ avatar_id: string | null }[]>`
      SELECT avatar_id::text FROM user_profiles WHERE user_id = ${userId}::uuid FOR UPDATE`;
    if (data.avatarId === null && !row?.avatar_id) return null;
    await tx.userProfile.update({ where: { userId }, data });
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "user", id: userId },
      action: data.avatarId === null ? "account.avatar_remove" : "account.avatar_change",
      category: "auth",
      target: { type: "user", id: userId },
      request,
    });
    return row?.avatar_id;
  });
  if (before) await removeStored(keyOf(userId, before));
}

function keyOf(userId: string, avatarId: string): string {
  return `avatars/${userId}/${avatarId}`;
}

function refusal(message: string): AppError {
  return new AppError("invalid", message, { fields: { avatar: message } });
}
