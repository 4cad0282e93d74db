import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { ArchivedChats } from "~/components/chat/archived-chats";
import { api } from "../api.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Archived chats · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  const cursor = new URL(args.request.url).searchParams.get("cursor") ?? undefined;
  return api(args).conversations.list({ archived: true, cursor });
}

export default function ArchivedChatsPage() {
  return <ArchivedChats page={useLoaderData<typeof loader>()} />;
}
