import { Form } from "@remix-run/react";
import { type ReactNode, useEffect, useState } from "react";
import { CopyButton } from "~/components/markdown/copy-button";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Checkbox } from "~/components/ui/checkbox";
import { Dialog, DialogContent } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { LocalTime } from "~/components/ui/local-time";
import type { IssuedToken } from "../../../server/machines/tokens";

/**
 * A new token, shown this once. With scripts it is a dialog that stays until the box is ticked; without, it stands in the
 * page, whose form asks for the same tick.
 */
export function IssuedTokenDialog({ token }: { token: IssuedToken }) {
  const [isDialog, setDialog] = useState(false);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => setDialog(true), []);
  const content = <TokenContent token={token} isCopied={isCopied} onCopied={setCopied} />;
  if (!isDialog) return content;
  const stay = (event: Event) => event.preventDefault();
  return (
    <Dialog open>
      <DialogContent
        title="Your new token"
        description="It is shown this once. Copy it now to where your machine reads it."
        isClosable={false}
        onEscapeKeyDown={stay}
        onInteractOutside={stay}
      >
        {content}
      </DialogContent>
    </Dialog>
  );
}

interface TokenContentProps {
  token: IssuedToken;
  isCopied: boolean;
  onCopied: (isCopied: boolean) => void;
}

function TokenContent({ token, isCopied, onCopied }: TokenContentProps) {
  return (
    <div className="flex flex-col gap-4 px-6 pt-2 pb-6">
      <Secret label="Refresh token" value={token.refreshToken}>
        Gets a new pair, once, until <LocalTime value={token.refreshExpiresAt} hasTime />.
      </Secret>
      <Secret label="Access token" value={token.accessToken}>
        Calls <code>/trpc</code> until <LocalTime value={token.expiresAt} hasTime />.
      </Secret>
      <p className="text-ink-muted text-sm">
        Fingerprint <code className="text-[13px]">{token.fingerprint}</code>
      </p>
      <Form
        method="get"
        action="/account/automation"
        className="flex flex-wrap items-center justify-between gap-3"
      >
        <Checkbox
          required
          label="I have copied it"
          checked={isCopied}
          onChange={(event) => onCopied(event.currentTarget.checked)}
        />
        <Button type="submit">Done</Button>
      </Form>
    </div>
  );
}

function Secret({ label, value, children }: { label: string; value: string; children: ReactNode }) {
  return (
    <div>
      <p className="flex items-center justify-between gap-3 font-medium text-sm">
        {label}
        <CopyButton
          text={value}
          label={`Copy ${label.toLowerCase()}`}
          className="rounded-md p-2 text-ink-muted hover:bg-hover pointer-coarse:min-h-11 pointer-coarse:min-w-11"
        />
      </p>
      <textarea
        readOnly
        rows={3}
        aria-label={label}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
        className="mt-1 block w-full resize-none break-all rounded-md border border-line bg-sunken px-3 py-2 font-mono text-[13px]"
      />
      <p className="mt-1 text-[13px] text-ink-muted">{children}</p>
    </div>
  );
}

/** What is carried to Vault, and where its answer comes back. */
export function VaultSteps({ prepared, error }: { prepared: PreparedPayload; error: string | undefined }) {
  return (
    <Form method="post" className="flex flex-col gap-4 px-5 pb-6 sm:px-6">
      {prepared.expiresAt && (
        <Alert>
          Sign this before <LocalTime value={prepared.expiresAt} hasTime />, where you are signed in to Vault.
        </Alert>
      )}
      {prepared.command && (
        <Secret label="Command" value={prepared.command}>
          Prints a signature that begins with <code>vault:v1:</code>.
        </Secret>
      )}
      <input type="hidden" name="payload" value={prepared.payload} />
      <Field label="Signature" error={error}>
        {(control) => <Input {...control} name="signature" required autoComplete="off" />}
      </Field>
      <Button type="submit" name="intent" value="signed" className="self-start">
        Issue token
      </Button>
    </Form>
  );
}

export interface PreparedPayload {
  payload: string;
  /** Absent when a signature was refused: the payload is the one that was shown before. */
  command?: string;
  expiresAt?: string;
}
