// Door to one's own picture: shown, changed, removed. Its address carries the picture's id, so the browser, and nobody
// between, may keep it for good.

import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { redirect } from "@remix-run/node";
import { AVATAR_BYTES_MAX } from "../../server/auth/terms";
import { api } from "../api.server";
import { notFoundResponse, redirectWithToast } from "../http.server";
import { requireUser } from "../session.server";

const PROFILE = "/account/profile";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireUser(args);
  const avatar = await api(args).account.avatar();
  if (avatar === null) throw notFoundResponse(args, "Picture");
  return new Response(Buffer.from(avatar.base64, "base64"), {
    headers: {
      "Content-Type": avatar.mediaType,
      "Content-Disposition": "inline",
      "Cache-Control": "private, max-age=31536000, immutable",
    },
  });
}

/** Errors go back to the profile page, where the form is. */
export async function action(args: ActionFunctionArgs): Promise<Response> {
  await requireUser(args);
  const form = await args.request.formData();
  if (form.get("intent") === "remove") {
    await api(args).account.removeAvatar();
    return redirectWithToast(args, PROFILE, { kind: "success", message: "Picture removed" });
  }
  const file = form.get("avatar");
  if (!(file instanceof File) || file.size === 0) return redirect(`${PROFILE}?picture=missing`);
  if (file.size > AVATAR_BYTES_MAX) return redirect(`${PROFILE}?picture=large`);
  const image = Buffer.from(await file.arrayBuffer()).toString("base64");
  return saved(args, image);
}

async function saved(args: ActionFunctionArgs, image: string): Promise<Response> {
  try {
    await api(args).account.setAvatar({ image });
  } catch (refusal) {
    if (refusal instanceof Response && refusal.status === 400) return redirect(`${PROFILE}?picture=kind`);
    throw refusal;
  }
  return redirectWithToast(args, PROFILE, { kind: "success", message: "Picture saved" });
}
