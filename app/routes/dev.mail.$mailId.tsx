import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { PageHeading } from "~/components/shell/page-heading";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { findOutboxMail, notFoundResponse } from "../http.server";
import { allowDevelopment } from "../session.server";

const LINK = /(https?:\/\/\S+)/;
// The page's policy keeps style elements out of the frame; a mail's one is for mail programs in dark mode.
const STYLE = /<style>.*?<\/style>/s;

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.mail.subject ?? "Mail"} · Parley` },
];

export async function loader(args: LoaderFunctionArgs) {
  allowDevelopment(args);
  const mail = await findOutboxMail(args.params["mailId"] ?? "");
  if (mail === null) throw notFoundResponse(args, "Mail");
  return { mail: { ...mail, createdAt: mail.createdAt.toISOString() } };
}

export default function OutboxMailPage() {
  const { mail } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading
        title={mail.subject}
        description={
          <>
            to {mail.to}, <LocalTime value={mail.createdAt} hasTime />
          </>
        }
        action={
          <Link to="/dev/mail" className={TEXT_LINK_CLASS}>
            All mail
          </Link>
        }
      />
      <div className="flex flex-col gap-6">
        <Card>
          <CardHeader title="Text" />
          <pre className="whitespace-pre-wrap px-5 pb-5 text-sm [overflow-wrap:anywhere] sm:px-6">
            <TextWithLinks text={mail.text} />
          </pre>
        </Card>
        <Card>
          <CardHeader
            title="HTML"
            description="Shown in a frame that runs no scripts, in its light colours."
          />
          <iframe
            title="The mail as HTML"
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            srcDoc={`<base target="_blank">${mail.html.replace(STYLE, "")}`}
            className="h-[480px] w-full rounded-b-lg border-line border-t bg-white"
          />
        </Card>
      </div>
    </>
  );
}

function TextWithLinks({ text }: { text: string }) {
  return text.split(LINK).map((part, index) =>
    LINK.test(part) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places.
      <a key={index} href={part} className={TEXT_LINK_CLASS}>
        {part}
      </a>
    ) : (
      part
    ),
  );
}
