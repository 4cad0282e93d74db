import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { NewChat } from "~/components/chat/new-chat";
import { SendMessage } from "../../server/chat/contract";
import { api } from "../api.server";
import { submitForm } from "../http.server";
import { requireMember } from "../session.server";

export { FullFrameErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

/** The composer without JavaScript. A form sends line ends as CR LF, and an untouched list as an empty text. */
const FirstMessageForm = SendMessage.omit({ conversationId: true, agentId: true }).extend({
  text: z.preprocess((text) => String(text).replaceAll("\r\n", "\n"), SendMessage.shape.text),
  agentId: z.string().optional(),
});

export const meta: MetaFunction = () => [{ title: "New chat · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { session } = await requireMember(args);
  return { personName: session.displayName, clientMessageId: crypto.randomUUID() };
}

export async function action(args: ActionFunctionArgs) {
  await requireMember(args);
  return submitForm(args, FirstMessageForm, async ({ agentId, model, ...message }) => {
    const choice = { model, agentId: agentId || undefined };
    const { conversationId } = await api(args).conversations.create(choice);
    await api(args).chat.send({ ...message, ...choice, conversationId });
    return redirect(`/t/${args.params["tenant"]}/chat/${conversationId}`);
  });
}

export default function NewChatPage() {
  const { personName, clientMessageId } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const refusal = failure && {
    message: failure.message,
    reason: failure.reason,
    text: failure.values["text"] ?? "",
  };
  return <NewChat personName={personName} clientMessageId={clientMessageId} refusal={refusal ?? null} />;
}
