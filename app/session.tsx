// Who is signed in, for whatever the shell frames. The server says it with every page; there is no second source:
//
//   const session = useSession();        // null on public pages
//   session?.name, session?.email, session?.avatarId, session?.times
//
// A session that ends meanwhile is noticed by the next navigation (the loader leads to /login) or by the next call of
// the API (`api.ts` asks once more, then leaves for /login); nothing polls for it.

import { createContext, useContext } from "react";
import type { ReadingOfTimes } from "../server/auth/terms";

export interface SessionPerson {
  name: string;
  email: string;
  /** Names the picture at /account/avatar; null means initials. */
  avatarId?: string | null;
  /** How this person reads times; absent and null mean as the browser does. */
  times?: ReadingOfTimes;
  /** Has a platform role, and with it the operator pages. */
  isOperator?: boolean;
}

const SessionContext = createContext<SessionPerson | null>(null);

export const SessionProvider = SessionContext.Provider;

/** The signed-in person, or null. */
export function useSession(): SessionPerson | null {
  return useContext(SessionContext);
}

/** Where a person's picture lies; the id makes the address new with each picture. */
export function avatarPath(avatarId: string | null | undefined): string | undefined {
  return avatarId ? `/account/avatar?v=${avatarId}` : undefined;
}
