import type { LoaderFunctionArgs } from "@remix-run/node";
import { Outlet, type ShouldRevalidateFunctionArgs } from "@remix-run/react";
import type { ChatData } from "~/components/chat/chat-data";
import { ChatFrame } from "~/components/chat/chat-frame";
import { ChatSidebar } from "~/components/chat/chat-sidebar";
import { ChatTopBar } from "~/components/chat/chat-top-bar";
import type { ShellHandle } from "~/components/shell/shell-handle";
import { api } from "../api.server";
import { requireMember } from "../session.server";

export { FullFrameErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const handle: ShellHandle = { sidebar: ChatSidebar, topBar: ChatTopBar, isFullHeight: true };

export async function loader(args: LoaderFunctionArgs): Promise<ChatData> {
  const { scope } = await requireMember(args);
  const { conversations, models, tenants } = api(args);
  const [page, offered, usual, { features }] = await Promise.all([
    conversations.list({}),
    models.list(),
    tenants.defaults(),
    tenants.preferences(),
  ]);
  return {
    conversations: page,
    models: offered.items.map(({ id, label }) => ({ id, label })),
    usual,
    canExport: features.conversationExport,
    canWrite: scope.permissions.has("chat.write"),
    renderedAt: new Date().toISOString(),
  };
}

/** The loader seeds the list; from there the browser keeps it. Opening a conversation reads nothing twice. */
export function shouldRevalidate({ currentParams, nextParams, formMethod }: ShouldRevalidateFunctionArgs) {
  return currentParams["tenant"] !== nextParams["tenant"] || formMethod !== undefined;
}

export default function ChatLayout() {
  return (
    <ChatFrame>
      <Outlet />
    </ChatFrame>
  );
}
