import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { requireOperator } from "../session.server";

export async function loader(args: LoaderFunctionArgs) {
  await requireOperator(args, "users.read");
  return redirect("/admin/users");
}
