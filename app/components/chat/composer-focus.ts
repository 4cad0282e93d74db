import { useEffect } from "react";

/**
 * A page that has just taken the place of another and left the focus nowhere gives it to the composer. Never where a
 * touch keyboard would jump up, and never away from where a person is.
 */
export function useComposerFocus(): void {
  useEffect(() => {
    const isNowhere = document.activeElement === null || document.activeElement === document.body;
    if (isNowhere && window.matchMedia("(hover: hover)").matches)
      document.getElementById("composer")?.focus();
  }, []);
}
