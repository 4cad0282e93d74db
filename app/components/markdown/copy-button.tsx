// Copies a text and says so.

import { Check, Copy } from "lucide-react";
import { useCallback, useEffect, useState } from "react";

const COPIED_SHOWN_MS = 2000;

interface CopyButtonProps {
  text: string;
  label: string;
  className?: string;
}

export function CopyButton({ text, label, className }: CopyButtonProps) {
  const { isCopied, copy } = useCopy(text);
  const Icon = isCopied ? Check : Copy;
  return (
    <button type="button" className={className ?? "md-copy"} onClick={copy} aria-label={label} title={label}>
      <Icon aria-hidden="true" size={16} />
      <span role="status" className="sr-only">
        {isCopied ? "Copied" : ""}
      </span>
    </button>
  );
}

function useCopy(text: string): { isCopied: boolean; copy: () => void } {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = useCallback(() => {
    copyText(text)
      .then(setCopied)
      .catch(() => setCopied(false));
  }, [text]);
  return { isCopied, copy };
}

/** Puts text on the clipboard; false where the page may not (plain http). */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard === undefined) return false;
  await navigator.clipboard.writeText(text);
  return true;
}
