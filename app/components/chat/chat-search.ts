// Search over titles and messages while a person types: the last question wins, and typing on waits for a pause.

import { useEffect, useState } from "react";
import type { SearchResult } from "../../../server/chat/contract";
import { QUERY_LENGTH_MAX } from "../../../server/chat/terms";
import { useChatClient } from "./chat-data";
import { type Failure, failureOf } from "./failure";

const PAUSE_MS = 180;
const QUERY_LENGTH_MIN = 2;

export interface ChatSearch {
  results: readonly SearchResult[];
  /** The query that the results answer. */
  answered: string;
  isSearching: boolean;
  failure: Failure | null;
  more: (() => void) | null;
}

interface Answer {
  query: string;
  results: readonly SearchResult[];
  nextCursor: string | null;
  failure: Failure | null;
}

const NOTHING: Answer = { query: "", results: [], nextCursor: null, failure: null };

export function useChatSearch(typed: string): ChatSearch {
  const { api } = useChatClient();
  const query = typed.trim().slice(0, QUERY_LENGTH_MAX);
  const isAsked = query.length >= QUERY_LENGTH_MIN;
  const [answer, setAnswer] = useState(NOTHING);
  useEffect(() => {
    if (!isAsked) return setAnswer(NOTHING);
    let isCurrent = true;
    const ask = async () => {
      const next = await answerTo(() => api.searchConversations(query), query);
      if (isCurrent) setAnswer(next);
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [api, query, isAsked]);
  const { nextCursor } = answer;
  const more = async () => {
    if (nextCursor === null) return;
    const next = await answerTo(() => api.searchConversations(query, nextCursor), query);
    setAnswer((known) => ({ ...next, results: [...known.results, ...next.results] }));
  };
  return {
    results: answer.results,
    answered: answer.query,
    isSearching: isAsked && answer.query !== query,
    failure: answer.failure,
    more: nextCursor === null ? null : () => void more(),
  };
}

/** Where a result leads: to the message that matched, in a workspace's pages. */
export function placeOf({ conversationId, messageId }: SearchResult): string {
  const message = messageId === null ? "" : `?message=${messageId}`;
  return `/chat/${conversationId}${message}`;
}

async function answerTo(
  ask: () => Promise<{ items: SearchResult[]; nextCursor: string | null }>,
  query: string,
): Promise<Answer> {
  try {
    const page = await ask();
    return { query, results: page.items, nextCursor: page.nextCursor, failure: null };
  } catch (error) {
    return { ...NOTHING, query, failure: failureOf(error) };
  }
}
