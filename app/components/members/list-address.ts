// The address of the members page says which part of its lists is shown and what is asked about whom. Links change what they
// are about and keep the rest.

import { useSearchParams } from "@remix-run/react";
import type { ListTurnProps } from "./list-turn";

type Changes = Record<string, string | null>;

export interface ListAddress {
  /** The page with these changes; null takes a part away. */
  at: (changes: Changes) => string;
  /** The ways through a list whose place is kept under this name; a question that was open is closed. */
  turn: (name: string, next: string | null) => ListTurnProps;
  /** Whether the address has one of these. */
  isAsked: (...names: string[]) => boolean;
}

export function useListAddress(): ListAddress {
  const [params] = useSearchParams();
  const at = (changes: Changes) => {
    const kept = [...params].filter(([name]) => !(name in changes));
    const set = Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== null);
    return `?${new URLSearchParams([...kept, ...set])}`;
  };
  const to = (name: string, place: string | null) => at({ person: null, act: null, [name]: place });
  return {
    at,
    turn: (name, next) => ({ first: params.has(name) ? to(name, null) : null, next: next && to(name, next) }),
    isAsked: (...names) => names.some((name) => params.has(name)),
  };
}
