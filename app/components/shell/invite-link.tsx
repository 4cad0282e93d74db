import type { ReactNode } from "react";
import { CopyButton } from "~/components/markdown/copy-button";
import { Alert } from "~/components/ui/alert";
import { Input } from "~/components/ui/input";

export interface InviteLinkProps {
  link: string;
  /** Whose link it is, and that it is shown once. */
  title: ReactNode;
  /** How long it works, and for whom. */
  children: ReactNode;
}

/** The link of an invite, on this page once and nowhere else. */
export function InviteLink({ link, title, children }: InviteLinkProps) {
  return (
    <div className="px-5 pb-5 sm:px-6">
      <Alert tone="success">
        <p className="font-medium [overflow-wrap:anywhere]">{title}</p>
        <div className="mt-2 flex items-center gap-2">
          <Input
            readOnly
            value={link}
            aria-label="Invite link"
            onFocus={(event) => event.currentTarget.select()}
            className="font-mono"
          />
          <CopyButton
            text={link}
            label="Copy the link"
            className="inline-flex size-10 shrink-0 items-center justify-center rounded-md hover:bg-hover noscript:hidden"
          />
        </div>
        <p className="mt-2">{children}</p>
      </Alert>
    </div>
  );
}
