import { Form, Link } from "@remix-run/react";
import { Badge, type BadgeTone } from "~/components/ui/badge";
import { Button, buttonClass } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { LocalTime } from "~/components/ui/local-time";
import { REASON_LENGTH_MAX, type TokenState } from "../../../server/machines/terms";
import type { TokenItem } from "../../../server/machines/token-list";
import type { FormFailure } from "../../http.server";

const TONES: Record<TokenState, BadgeTone> = { active: "success", expired: "secondary", revoked: "danger" };

export interface TokenListProps {
  tokens: readonly TokenItem[];
  /** The token whose revoking is being asked about. */
  revoking: string | null;
  /** Where the list is, with its filters; the question stands in its address. */
  search: string;
  failure: FormFailure | undefined;
}

/** Tokens with whom they are for, what they may, and what became of them. */
export function TokenList({ tokens, revoking, search, failure }: TokenListProps) {
  return (
    <ul className="divide-y divide-line">
      {tokens.map((token) => (
        <li key={token.id} className="px-5 py-4 sm:px-6">
          <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
            <TokenFacts token={token} />
            {token.state === "active" && revoking !== token.id && (
              <Link
                to={withParameter(search, "revoke", token.id)}
                preventScrollReset
                className={buttonClass("secondary", "sm")}
                aria-label={`Revoke ${token.account} ${token.fingerprint}`}
              >
                Revoke
              </Link>
            )}
          </div>
          {token.state === "active" && revoking === token.id && (
            <RevokeForm token={token} search={search} failure={failure} />
          )}
        </li>
      ))}
    </ul>
  );
}

function TokenFacts({ token }: { token: TokenItem }) {
  return (
    <div className="min-w-0 flex-1 basis-72 text-sm [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        {token.account}
        <Badge tone={TONES[token.state]}>{token.state}</Badge>
        <span className="font-normal text-ink-muted">{token.tenant?.name ?? "Platform"}</span>
      </p>
      <p className="mt-1 flex flex-wrap gap-1">
        {token.scopes.map((scope) => (
          <code key={scope} className="rounded bg-sunken px-1.5 py-0.5 text-[13px]">
            {scope}
          </code>
        ))}
      </p>
      <p className="mt-1">{token.reason}</p>
      <p className="mt-0.5 text-ink-muted">
        <span className="sr-only">Fingerprint </span>
        <code className="text-[13px]">{token.fingerprint}</code> · issued by {token.issuedVia}{" "}
        <LocalTime value={token.createdAt} hasTime /> · <Fate token={token} />
      </p>
    </div>
  );
}

function Fate({ token }: { token: TokenItem }) {
  if (token.state === "revoked" && token.revokedAt) {
    const why = token.revokedReason === "revoked" ? "" : `: ${reasonText(token.revokedReason)}`;
    return (
      <>
        revoked <LocalTime value={token.revokedAt} hasTime />
        {why}
      </>
    );
  }
  return (
    <>
      {token.state === "expired" ? "expired" : "renewable until"}{" "}
      <LocalTime value={token.expiresAt} hasTime />
    </>
  );
}

function reasonText(reason: string | null): string {
  return reason === "token_reused" ? "a used refresh token came back" : (reason ?? "");
}

/** The question stands in the page rather than in a dialog, so that it is asked without JavaScript too. */
function RevokeForm({
  token,
  search,
  failure,
}: {
  token: TokenItem;
  search: string;
  failure: FormFailure | undefined;
}) {
  return (
    <Form method="post" className="mt-4 flex flex-col gap-3 rounded-md border border-danger p-4">
      <p className="text-sm">Whatever works with this token stops at once. This cannot be undone.</p>
      <input type="hidden" name="tokenId" value={token.id} />
      <Field label="Reason" isOptional error={failure?.errors["reason"]}>
        {(control) => (
          <Input
            {...control}
            name="reason"
            autoFocus
            maxLength={REASON_LENGTH_MAX}
            autoComplete="off"
            defaultValue={failure?.values["reason"]}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Link
          to={withParameter(search, "revoke", null)}
          preventScrollReset
          className={buttonClass("secondary", "sm")}
        >
          Keep it
        </Link>
        <Button type="submit" name="intent" value="revoke" variant="danger" size="sm">
          Revoke token
        </Button>
      </div>
    </Form>
  );
}

function withParameter(search: string, name: string, value: string | null): string {
  const params = new URLSearchParams(search);
  if (value === null) params.delete(name);
  else params.set(name, value);
  return `?${params}`;
}
