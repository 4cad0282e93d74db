// Search in all chats: what matched is shown in its sentence. Loaded when it is first opened.

import { useNavigate } from "@remix-run/react";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { Dialog, DialogContent } from "~/components/ui/dialog";
import { Spinner } from "~/components/ui/spinner";
import type { SearchResult, SnippetPart } from "../../../server/chat/contract";
import { QUERY_LENGTH_MAX } from "../../../server/chat/terms";
import { useChatData } from "./chat-data";
import { type ChatSearch, placeOf, useChatSearch } from "./chat-search";

export default function SearchDialog({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState("");
  const search = useChatSearch(query);
  const { tenantSlug } = useChatData();
  const navigate = useNavigate();
  const open = (result: SearchResult) => {
    onClose();
    navigate(`/t/${tenantSlug}${placeOf(result)}`);
  };
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent title="Search chats" isTitleHidden className="max-w-xl overflow-hidden">
        <Command loop shouldFilter={false} label="Search chats">
          <div className="flex items-center gap-3 border-line border-b px-4">
            <Search aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
            <Command.Input
              value={query}
              onValueChange={setQuery}
              maxLength={QUERY_LENGTH_MAX}
              placeholder="Search titles and messages…"
              className="h-13 w-full bg-transparent text-base outline-none sm:text-[15px]"
            />
            {search.isSearching && <Spinner label="Searching" className="text-ink-muted" />}
          </div>
          <Command.List className="max-h-[min(28rem,65dvh)] overflow-y-auto p-2">
            <SearchState query={query} search={search} />
            {search.results.map((result) => (
              <Result
                key={`${result.conversationId} ${result.messageId}`}
                result={result}
                onOpen={() => open(result)}
              />
            ))}
          </Command.List>
          {search.more && (
            <div className="border-line border-t p-2 text-center">
              <Button size="sm" variant="ghost" onClick={search.more}>
                More results
              </Button>
            </div>
          )}
        </Command>
      </DialogContent>
    </Dialog>
  );
}

function SearchState({ query, search }: { query: string; search: ChatSearch }) {
  if (search.failure !== null) return <Note isAlert>{search.failure.message}</Note>;
  if (query.trim().length < 2) return <Note>Words from a title, a question or an answer.</Note>;
  if (search.isSearching || search.results.length > 0) return null;
  return <Note>No chat has “{search.answered}”.</Note>;
}

function Note({ children, isAlert = false }: { children: ReactNode; isAlert?: boolean }) {
  return (
    <p
      role={isAlert ? "alert" : "status"}
      className="px-3 py-8 text-center text-ink-muted text-sm [overflow-wrap:anywhere]"
    >
      {children}
    </p>
  );
}

function Result({ result, onOpen }: { result: SearchResult; onOpen: () => void }) {
  return (
    <Command.Item
      value={`${result.conversationId} ${result.messageId}`}
      onSelect={onOpen}
      className="cursor-pointer rounded-md px-3 py-2.5 text-sm data-[selected=true]:bg-hover"
    >
      <p className="flex items-baseline gap-2">
        <span className="min-w-0 flex-1 truncate font-medium">{result.title ?? "Untitled chat"}</span>
        {result.isArchived && <Badge>Archived</Badge>}
        <span className="shrink-0 text-ink-muted text-xs">
          {new Date(result.createdAt).toLocaleDateString()}
        </span>
      </p>
      <p className="mt-0.5 line-clamp-2 text-ink-muted [overflow-wrap:anywhere]">
        <Snippet parts={result.snippet} />
      </p>
    </Command.Item>
  );
}

function Snippet({ parts }: { parts: readonly SnippetPart[] }) {
  return parts.map((part, index) =>
    part.isMatch ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one snippet have no identity but their place
      <mark key={index} className="rounded-sm bg-accent-soft font-medium text-accent-ink">
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}
