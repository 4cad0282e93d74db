// The theme switch without JavaScript: remembers the choice and goes back to where it was made.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { themeCookie, themeOf } from "~/theme";
import { safeRedirect } from "../http.server";
import { allowPublic } from "../session.server";

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  return redirect("/");
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  const form = await args.request.formData();
  const theme = themeOf(`parley-theme=${form.get("theme")}`);
  return redirect(safeRedirect(pathOf(args.request.headers.get("referer"))), {
    headers: { "Set-Cookie": themeCookie(theme) },
  });
}

function pathOf(address: string | null): string | null {
  if (!address || !URL.canParse(address)) return null;
  const { pathname, search } = new URL(address);
  return pathname + search;
}
