// The nonce of this response, known while the server renders; in the browser it is empty, since scripts that are
// already in the page need none and React must not try to compare it.
import { createContext, useContext } from "react";

export const NonceContext = createContext<string | undefined>(undefined);

/** The content security policy's nonce for inline scripts and styles of the page being rendered. */
export function useNonce(): string | undefined {
  return useContext(NonceContext);
}
