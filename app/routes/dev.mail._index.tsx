import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, Link, useLoaderData } from "@remix-run/react";
import { Mail } from "lucide-react";
import { PageHeading } from "~/components/shell/page-heading";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Input } from "~/components/ui/input";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { listOutbox } from "../http.server";
import { allowDevelopment } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Outgoing mail · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  allowDevelopment(args);
  const to = new URL(args.request.url).searchParams.get("to")?.trim() ?? "";
  const mails = await listOutbox(to === "" ? undefined : to.toLowerCase());
  return { to, mails: mails.map((mail) => ({ ...mail, createdAt: mail.createdAt.toISOString() })) };
}

export default function OutboxPage() {
  const { to, mails } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading
        title="Outgoing mail"
        description="Mail of this copy of Parley, newest first. It stays here; nothing is sent without a mail server."
        action={
          <Form className="flex gap-2">
            <Input name="to" type="search" aria-label="Address" placeholder="Address" defaultValue={to} />
            <Button type="submit" variant="secondary">
              Filter
            </Button>
          </Form>
        }
      />
      <Card>
        {mails.length === 0 ? (
          <EmptyState
            icon={<Mail />}
            title="No mail yet"
            description="Register, and the first one arrives."
          />
        ) : (
          <MailList mails={mails} />
        )}
      </Card>
    </>
  );
}

type Mails = ReturnType<typeof useLoaderData<typeof loader>>["mails"];

function MailList({ mails }: { mails: Mails }) {
  return (
    <ul className="divide-y divide-line">
      {mails.map((mail) => (
        <li key={mail.id} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-5 py-4">
          <Link to={`/dev/mail/${mail.id}`} className={TEXT_LINK_CLASS}>
            {mail.subject}
          </Link>
          <span className="text-ink-muted text-sm [overflow-wrap:anywhere]">to {mail.to}</span>
          <span className="ml-auto flex items-center gap-3 text-ink-muted text-sm">
            {mail.status === "failed" && <Badge tone="danger">not delivered</Badge>}
            {mail.status === "queued" && <Badge>waiting</Badge>}
            <LocalTime value={mail.createdAt} hasTime />
          </span>
        </li>
      ))}
    </ul>
  );
}
