// Who may come into the pages of the easy set-up: whoever has the token first, and then their browser, from this very page.
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export type Door = ReturnType<typeof openDoor>;

/** A door at this address that opens once for this token, and from then on for the cookie that it gave. */
export function openDoor(origin: string, token: string) {
  const session = randomBytes(32).toString("base64url");
  let isTokenSpent = false;
  return {
    /** The cookie for whoever brings the token first; null for everybody else. */
    admit(given: string | null): string | null {
      if (isTokenSpent || given === null || !isSame(given, token)) return null;
      isTokenSpent = true;
      return `setup=${session}; HttpOnly; SameSite=Strict; Path=/`;
    },
    isKnown({ headers, method }: IncomingMessage): boolean {
      const cookies = (headers.cookie ?? "").split("; ").filter((pair) => pair.startsWith("setup="));
      const isOurs = cookies.some((pair) => isSame(pair.slice("setup=".length), session));
      return isOurs && (method === "GET" || headers.origin === origin);
    },
    /** A name that was made to lead here is none of ours. */
    isHere: ({ headers }: IncomingMessage) => `http://${headers.host}` === origin,
  };
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
