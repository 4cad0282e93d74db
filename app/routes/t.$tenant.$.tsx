// Addresses inside a workspace that lead nowhere; the frame stays.
import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Not found · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  throw Response.json({ requestId: args.context.info.id }, { status: 404 });
}

export default function NowherePage() {
  return null;
}
