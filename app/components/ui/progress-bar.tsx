import { useLocation, useNavigation } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";

const SHOW_AFTER_MS = 150;

/**
 * A thin line at the top of the window while a navigation takes longer than 150 ms. Its live region also says the new
 * page's title, which a browser does by itself only for full page loads.
 */
export function ProgressBar() {
  const isVisible = useSlowNavigation();
  const title = useNewTitle();
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 top-0 z-50 h-0.5 overflow-hidden">
      <span className="sr-only">{isVisible ? "Loading" : title}</span>
      {isVisible && (
        <span aria-hidden="true" className="block h-full origin-left animate-progress bg-accent" />
      )}
    </div>
  );
}

function useSlowNavigation(): boolean {
  const isBusy = useNavigation().state !== "idle";
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    if (!isBusy) return setIsSlow(false);
    const timer = setTimeout(() => setIsSlow(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isBusy]);
  return isSlow;
}

/** Empty until the first navigation inside the document. */
function useNewTitle(): string {
  const { pathname } = useLocation();
  const lastPath = useRef(pathname);
  const [title, setTitle] = useState("");
  useEffect(() => {
    if (lastPath.current === pathname) return;
    lastPath.current = pathname;
    setTitle(document.title);
  }, [pathname]);
  return title;
}
