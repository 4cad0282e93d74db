// Whether the side bar is open: on wide screens a remembered choice, on narrow ones a drawer that closes by itself.
import { useLocation } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { isSwitchedOn } from "./device-switch";

const ONE_YEAR_SECONDS = 31_536_000;
const WIDE = "(min-width: 48rem)";

/** Whether a Cookie header asks for the side bar to be folded away. */
export function isSidebarFolded(cookieHeader: string | null): boolean {
  return /(?:^|;\s*)parley-sidebar=folded/.test(cookieHeader ?? "");
}

export interface SidebarState {
  /** Folded away on wide screens. */
  isFolded: boolean;
  /** Open as a drawer on narrow screens. */
  isDrawerOpen: boolean;
  toggle: () => void;
  closeDrawer: () => void;
}

export function useSidebarState(isFoldedAtFirst: boolean): SidebarState {
  const [isFolded, setIsFolded] = useState(isFoldedAtFirst);
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: every navigation closes the drawer
  useEffect(() => setIsDrawerOpen(false), [pathname]);
  const toggle = () => {
    if (!window.matchMedia(WIDE).matches) return setIsDrawerOpen((isOpen) => !isOpen);
    remember(!isFolded);
    setIsFolded(!isFolded);
  };
  useSidebarKey(toggle);
  return { isFolded, isDrawerOpen, toggle, closeDrawer: () => setIsDrawerOpen(false) };
}

/** Ctrl+B or Cmd+B. */
function useSidebarKey(toggle: () => void): void {
  const latest = useRef(toggle);
  latest.current = toggle;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "b" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      if (!isSwitchedOn("shortcuts")) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

function remember(isFolded: boolean): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not in every browser yet
  document.cookie = `parley-sidebar=${isFolded ? "folded" : "open"}; Path=/; Max-Age=${ONE_YEAR_SECONDS}; SameSite=Lax`;
}
