import { Form, useNavigation, useSearchParams, useSubmit } from "@remix-run/react";
import type { ChangeEvent } from "react";
import { Avatar } from "~/components/ui/avatar";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { avatarPath } from "~/session";
import { AVATAR_BYTES_MAX } from "../../../server/auth/terms";

const SIDE_PIXELS = 384;
const QUALITY = 0.85;
const LARGE = `The picture may have at most ${AVATAR_BYTES_MAX / 1024} KB.`;
const ERRORS: Record<string, string> = {
  missing: "Choose a picture first.",
  large: LARGE,
  kind: "Choose a PNG, JPEG or WebP picture.",
};

/** One's picture. With scripts it is cut to a small square as it is chosen; without, a small file is sent as it is. */
export function AvatarForm({ name, avatarId }: { name: string; avatarId: string | null }) {
  const [params] = useSearchParams();
  const submit = useSubmit();
  const isPending = useNavigation().formAction === "/account/avatar";
  const send = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (!file) return;
    const form = new FormData();
    form.set("avatar", (await smallSquare(file)) ?? file, "picture");
    submit(form, { method: "post", action: "/account/avatar", encType: "multipart/form-data" });
  };
  return (
    <div className="flex items-start gap-5 px-5 pt-6 sm:px-6">
      <Avatar name={name} size="lg" src={avatarPath(avatarId)} />
      <Form
        method="post"
        action="/account/avatar"
        encType="multipart/form-data"
        className="flex min-w-0 flex-1 flex-wrap items-start gap-x-6 gap-y-3"
      >
        <Field
          label="Picture"
          className="min-w-0 max-w-full"
          error={ERRORS[params.get("picture") ?? ""]}
          hint="PNG, JPEG or WebP. Without one, your initials are shown."
        >
          {(control) => (
            <input
              {...control}
              type="file"
              name="avatar"
              accept="image/png,image/jpeg,image/webp"
              onChange={send}
              className="max-w-full text-sm file:mr-3 file:h-10 file:cursor-pointer file:rounded-md file:border file:border-line-strong/60 file:border-solid file:bg-surface file:px-4 file:font-medium file:text-ink file:text-sm"
            />
          )}
        </Field>
        <noscript>
          <Button type="submit" variant="secondary">
            Upload
          </Button>
        </noscript>
        {avatarId && (
          <Button
            type="submit"
            name="intent"
            value="remove"
            variant="ghost"
            isPending={isPending}
            className="sm:mt-6.5"
          >
            Remove picture
          </Button>
        )}
      </Form>
    </div>
  );
}

/** The middle of a picture as a small square; null when the browser cannot read it. */
async function smallSquare(file: File): Promise<Blob | null> {
  try {
    const picture = await createImageBitmap(file);
    const side = Math.min(picture.width, picture.height);
    const canvas = document.createElement("canvas");
    canvas.width = SIDE_PIXELS;
    canvas.height = SIDE_PIXELS;
    const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
    canvas.getContext("2d")?.drawImage(picture, left, top, side, side, 0, 0, SIDE_PIXELS, SIDE_PIXELS);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/webp", QUALITY));
  } catch {
    return null;
  }
}
