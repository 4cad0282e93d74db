// What a page inside the shell may say about its frame, as its route's `handle`. The innermost page that says
// something wins. Rendered on the server like everything else, so the frame never moves after loading.
import { useMatches } from "@remix-run/react";
import type { ComponentType } from "react";

export interface ShellHandle {
  /** Stands in the side bar between navigation and user menu and scrolls on its own; reads data by `useRouteLoaderData`. */
  sidebar?: ComponentType;
  /** Stands in the top bar beside the side bar's switch; without it the top bar names the tenant. */
  topBar?: ComponentType;
  /** The page fills the window under the top bar and scrolls by itself: no padding, no footer. */
  isFullHeight?: boolean;
}

/** The frame as the pages on screen want it. */
export function useShellHandle(): ShellHandle {
  const handles = useMatches().map((match) => match.handle as ShellHandle | undefined);
  return Object.assign({}, ...handles);
}
