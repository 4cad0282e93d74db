// Shows a model's Markdown. Settled blocks are remembered by their text: while an answer streams, React and the parser
// work on its tail only.

import { memo, useMemo, useRef } from "react";
import { BlockView, FirstHeading } from "./block";
import { type Block, type Parsed, parse, parseGrowing } from "./parse";
import "./markdown.css";

interface MarkdownProps {
  text: string;
  /** The text still grows: open marks are shown closed, and only the tail is parsed again. */
  isStreaming?: boolean;
}

export const Markdown = memo(function Markdown({ text, isStreaming = false }: MarkdownProps) {
  const previous = useRef<Parsed | null>(null);
  const parsed = useMemo(() => {
    previous.current = isStreaming ? parseGrowing(text, previous.current) : parse(text);
    return previous.current;
  }, [text, isStreaming]);
  return (
    <FirstHeading.Provider value={firstHeadingOf(parsed)}>
      <div className="md" data-streaming={isStreaming || undefined}>
        {parsed.blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block's place is its identity, text is only appended
          <SettledBlock key={index} block={block} definitions={parsed.definitions} />
        ))}
      </div>
    </FirstHeading.Provider>
  );
});

function firstHeadingOf({ blocks }: Parsed): number {
  const heading = blocks.find((block) => block.token.type === "heading");
  return heading?.token.type === "heading" ? heading.token["depth"] : 1;
}

interface SettledBlockProps {
  block: Block;
  definitions: string;
}

/** Equal text and equal link definitions give an equal block; only the block that grows differs. */
const SettledBlock = memo(
  function SettledBlock({ block }: SettledBlockProps) {
    return <BlockView token={block.token} />;
  },
  (before, after) =>
    before.block.token === after.block.token ||
    (before.block.raw === after.block.raw &&
      before.block.token.raw === after.block.token.raw &&
      before.definitions === after.definitions),
);
