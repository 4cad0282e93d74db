// Addresses that lead nowhere. A page of its own, so that the document knows its theme and the answer its request id.
import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { allowPublic } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Not found · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  throw Response.json({ requestId: args.context.info.id }, { status: 404 });
}

export default function NowherePage() {
  return null;
}
