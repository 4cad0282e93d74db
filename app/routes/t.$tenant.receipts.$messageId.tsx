import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useLoaderData, useParams } from "@remix-run/react";
import { PageHeading } from "~/components/shell/page-heading";
import { buttonClass } from "~/components/ui/button";
import { Card } from "~/components/ui/card";
import { ReceiptView } from "~/components/usage/receipt-view";
import { api } from "../api.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Receipt · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  const { messageId = "" } = args.params;
  return api(args).usage.receipt({ messageId });
}

export default function ReceiptPage() {
  const receipt = useLoaderData<typeof loader>();
  const { tenant } = useParams();
  const { conversationId, messageId } = receipt;
  return (
    <>
      <PageHeading
        title="Receipt"
        description="What this answer used, by which prices, and who paid."
        action={
          conversationId !== null && (
            <Link
              to={`/t/${tenant}/chat/${conversationId}?message=${messageId}`}
              className={buttonClass("secondary")}
            >
              Back to the answer
            </Link>
          )
        }
      />
      <Card aria-label="Receipt" className="max-w-2xl py-5">
        <ReceiptView receipt={receipt} />
      </Card>
    </>
  );
}
