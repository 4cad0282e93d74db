import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { DataCopies } from "~/components/account/data-copies";
import { DeleteAccountCard } from "~/components/account/delete-account";
import { PageHeading } from "~/components/shell/page-heading";
import { DeleteAccount } from "../../server/lifecycle/contract";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireRecent, requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Your data · Parley" }];

const DataForm = z.discriminatedUnion("intent", [
  z.strictObject({ intent: z.literal("copy") }),
  DeleteAccount.extend({ intent: z.literal("delete") }),
]);

/** Asking for deletion is its own address, since it begins with proving again who is there. */
export async function loader(args: LoaderFunctionArgs) {
  const isLeaving = new URL(args.request.url).searchParams.get("confirm") === "delete";
  await (isLeaving ? requireRecent(args) : requireUser(args));
  const [exports, departure] = await Promise.all([
    api(args).account.exports(),
    api(args).account.departure(),
  ]);
  return { exports, departure, isLeaving };
}

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  return submitForm(args, DataForm, async (input) => {
    if (input.intent === "copy") {
      await api(args).account.startExport();
      const message = "Your data is being prepared. We'll send you a mail.";
      return redirectWithToast(args, "/account/data", { kind: "success", message });
    }
    await api(args).account.delete({ confirmation: input.confirmation });
    return redirectWithToast(args, "/login", {
      kind: "info",
      message: "Your account is closed. The mail we sent you has the way back.",
    });
  });
}

export default function DataPage() {
  const { exports, departure, isLeaving } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const isCopy = failure?.values["intent"] === "copy";
  return (
    <>
      <PageHeading title="Your data" description="Take a copy of it with you, or leave Parley for good." />
      <div className="flex flex-col gap-6">
        <DataCopies copies={exports} failure={isCopy ? failure : undefined} />
        <DeleteAccountCard {...{ departure, isLeaving }} failure={isCopy ? undefined : failure} />
      </div>
    </>
  );
}
