// Block Markdown tokens -> React.

import type { Token, Tokens } from "marked";
import { createContext, Fragment, type ReactNode, useContext } from "react";
import { CodeBlock } from "./code-block";
import { Formula } from "./formula";
import { Checkbox, Inline } from "./inline";
import { decodeReferences } from "./text";

/** Deeper quotes and lists are shown as they were written. */
const DEPTH_MAX = 24;

export function BlockView({ token, depth = 0 }: { token: Token; depth?: number }): ReactNode {
  if (depth > DEPTH_MAX) return token.raw;
  switch (token.type) {
    case "paragraph":
      return (
        <p>
          <Inline tokens={token.tokens} />
        </p>
      );
    case "heading":
      return <Heading token={token as Tokens.Heading} />;
    case "code":
      return <CodeBlock code={token.text} language={languageOf(token.lang)} />;
    case "list":
      return <List token={token as Tokens.List} depth={depth} />;
    case "blockquote":
      return (
        <blockquote>
          <Blocks tokens={token.tokens} depth={depth + 1} />
        </blockquote>
      );
    case "table":
      return <Table token={token as Tokens.Table} />;
    case "hr":
      return <hr />;
    case "math":
      return <Formula tex={token["tex"]} isDisplay />;
    case "space":
    case "def":
      return null;
    default:
      return <Prose token={token} />;
  }
}

function Blocks({ tokens, depth }: { tokens: readonly Token[] | undefined; depth: number }): ReactNode {
  return tokens?.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text have no identity but their place
    <Fragment key={index}>{block(token, depth)}</Fragment>
  ));
}

/** Text of a tight list item stands without a paragraph. */
function block(token: Token, depth: number): ReactNode {
  if (token.type === "text") return <Inline tokens={token.tokens ?? [token]} />;
  if (token.type === "checkbox") return <Checkbox isChecked={token.checked} />;
  return <BlockView token={token} depth={depth} />;
}

/** Raw HTML and stray text: shown exactly as written. */
function Prose({ token }: { token: Token }) {
  if (token.type === "text" && token.tokens !== undefined) {
    return (
      <p>
        <Inline tokens={token.tokens} />
      </p>
    );
  }
  const text = token.type === "html" ? token.raw.trimEnd() : decodeReferences(token.raw);
  return <p className="whitespace-pre-wrap">{text}</p>;
}

/** How deep the first heading of the text is. */
export const FirstHeading = createContext(1);

/** The page's own headings stand above: whatever an answer begins with is of the third level. */
function Heading({ token }: { token: Tokens.Heading }) {
  const level = Math.max(0, token.depth - useContext(FirstHeading));
  const Tag = (["h3", "h4", "h5", "h6"] as const)[level] ?? "h6";
  return (
    <Tag data-depth={token.depth}>
      <Inline tokens={token.tokens} />
    </Tag>
  );
}

function List({ token, depth }: { token: Tokens.List; depth: number }) {
  const items = token.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: items of one list have no identity but their place
    <li key={index} data-task={item.task || undefined}>
      <Blocks tokens={item.tokens} depth={depth + 1} />
    </li>
  ));
  if (!token.ordered) return <ul>{items}</ul>;
  return <ol start={token.start === "" ? 1 : token.start}>{items}</ol>;
}

function Table({ token }: { token: Tokens.Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="md-table" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <Row cells={token.header} />
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of one table have no identity but their place
            <Row key={index} cells={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ cells }: { cells: readonly Tokens.TableCell[] }) {
  return (
    <tr>
      {cells.map((cell, index) => {
        const Cell = cell.header ? "th" : "td";
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: cells of one row have no identity but their place
          <Cell key={index} data-align={cell.align ?? undefined} {...(cell.header ? { scope: "col" } : {})}>
            <Inline tokens={cell.tokens} />
          </Cell>
        );
      })}
    </tr>
  );
}

function languageOf(info: string | undefined): string {
  return /^[\w+#.-]{1,24}/.exec(info ?? "")?.[0].toLowerCase() ?? "";
}
