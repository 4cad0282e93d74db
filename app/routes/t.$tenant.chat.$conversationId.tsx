import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { type ShouldRevalidateFunctionArgs, useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { Conversation } from "~/components/chat/conversation";
import { type MessagePage, SendMessage } from "../../server/chat/contract";
import { api } from "../api.server";
import { submitForm } from "../http.server";
import { requireMember } from "../session.server";

export { FullFrameErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

/** The composer without JavaScript. A form sends line ends as CR LF. */
const NextMessageForm = SendMessage.omit({ conversationId: true }).extend({
  text: z.preprocess((text) => String(text).replaceAll("\r\n", "\n"), SendMessage.shape.text),
});

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.conversation.title ?? "Chat"} · Parley` },
];

export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  const conversationId = args.params["conversationId"] ?? "";
  const { searchParams } = new URL(args.request.url);
  const before = searchParams.get("before") ?? undefined;
  const around = searchParams.get("message") ?? undefined;
  const [conversation, page] = await Promise.all([
    api(args).conversations.get({ conversationId }),
    api(args).messages.list({ conversationId, before, around }),
  ]);
  return { conversation, page, clientMessageId: crypto.randomUUID() };
}

export async function action(args: ActionFunctionArgs) {
  await requireMember(args);
  const conversationId = args.params["conversationId"] ?? "";
  return submitForm(args, NextMessageForm, async (message) => {
    await api(args).chat.send({ ...message, conversationId });
    return redirect(`/t/${args.params["tenant"]}/chat/${conversationId}`);
  });
}

/** An open conversation keeps itself up to date; only another one is loaded. */
export function shouldRevalidate({ currentParams, nextParams, formMethod }: ShouldRevalidateFunctionArgs) {
  return currentParams["conversationId"] !== nextParams["conversationId"] || formMethod !== undefined;
}

export default function ConversationPage() {
  const { conversation, page, clientMessageId } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const refusal = failure && {
    message: failure.message,
    reason: failure.reason,
    text: failure.values["text"] ?? "",
  };
  return (
    <Conversation
      key={conversation.id}
      conversation={conversation}
      page={page as MessagePage}
      clientMessageId={clientMessageId}
      refusal={refusal ?? null}
    />
  );
}
