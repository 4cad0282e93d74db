import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { requireUser } from "../session.server";

export async function loader(args: LoaderFunctionArgs) {
  await requireUser(args);
  return redirect("/account/profile");
}
