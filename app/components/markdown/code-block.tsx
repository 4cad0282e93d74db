// A block of code: what language it is, a button that copies it, colours once the highlighter has arrived.

import { Fragment, type ReactNode, useEffect, useState } from "react";
import { CopyButton } from "./copy-button";
import type { HighlightNode } from "./highlight";

interface CodeBlockProps {
  code: string;
  language: string;
}

export function CodeBlock({ code, language }: CodeBlockProps) {
  const colours = useHighlight(code, language);
  return (
    <figure className="md-code" aria-label={language === "" ? "Code" : `Code, ${language}`}>
      <figcaption>
        <span>{language === "" ? "text" : language}</span>
        <CopyButton text={code} label="Copy code" />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} data-copy-code="">
        <code>{colours === null ? code : <Coloured nodes={colours} />}</code>
      </pre>
    </figure>
  );
}

/** While code streams, its coloured beginning stays and only new text is plain for the moment it takes to colour it. */
function useHighlight(code: string, language: string): readonly HighlightNode[] | null {
  const [done, setDone] = useState<{ code: string; nodes: readonly HighlightNode[] } | null>(null);
  useEffect(() => {
    if (language === "") return undefined;
    let isCurrent = true;
    import("./highlight")
      .then(({ highlightCode }) => {
        const nodes = highlightCode(code, language);
        if (isCurrent && nodes !== null) setDone({ code, nodes });
      })
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [code, language]);
  if (done === null || !code.startsWith(done.code)) return null;
  if (code.length === done.code.length) return done.nodes;
  return [...done.nodes, { type: "text", value: code.slice(done.code.length) }];
}

function Coloured({ nodes }: { nodes: readonly HighlightNode[] }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no identity but their place
  return nodes.map((node, index) => <Fragment key={index}>{coloured(node)}</Fragment>);
}

function coloured(node: HighlightNode): ReactNode {
  if (node.type === "text") return node.value;
  if (node.type !== "element") return null;
  const names = node.properties["className"];
  return (
    <span className={Array.isArray(names) ? names.join(" ") : undefined}>
      <Coloured nodes={node.children} />
    </span>
  );
}
