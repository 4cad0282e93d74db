// Inline Markdown tokens -> React. Raw HTML is shown as text, except the line break that tables cannot do without;
// images become links, so that reading an answer never calls a foreign host.

import type { Token } from "marked";
import { Fragment, type ReactNode } from "react";
import { Formula } from "./formula";
import { decodeReferences, safeHref } from "./text";

export function Inline({ tokens }: { tokens: readonly Token[] | undefined }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text have no identity but their place
  return tokens?.map((token, index) => <Fragment key={index}>{inline(token)}</Fragment>);
}

function inline(token: Token): ReactNode {
  switch (token.type) {
    case "strong":
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "escape":
      return token.text;
    case "link":
      return <SafeLink href={token.href} label={<Inline tokens={token.tokens} />} />;
    case "image":
      return (
        <SafeLink href={token.href} label={token.text === "" ? token.href : decodeReferences(token.text)} />
      );
    case "checkbox":
      return <Checkbox isChecked={token.checked} />;
    case "math":
      return <Formula tex={token["tex"]} isDisplay={token["isDisplay"]} />;
    case "html":
      return /^<br\s*\/?>$/i.test(token.text) ? <br /> : token.raw;
    default:
      return textOf(token);
  }
}

function textOf(token: Token): ReactNode {
  if ("tokens" in token && token.tokens !== undefined) return <Inline tokens={token.tokens} />;
  return decodeReferences("text" in token ? token.text : token.raw);
}

function SafeLink({ href, label }: { href: string; label: ReactNode }) {
  const safe = safeHref(href);
  if (safe === null) return label;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow ugc">
      {label}
    </a>
  );
}

export function Checkbox({ isChecked }: { isChecked: boolean }) {
  return (
    <input
      type="checkbox"
      checked={isChecked}
      disabled
      readOnly
      aria-label={isChecked ? "Done" : "Not done"}
    />
  );
}
