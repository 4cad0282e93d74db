import { useEffect, useRef, useState } from "react";

interface TurnstileApi {
  render(container: HTMLElement, options: Record<string, unknown>): string | undefined;
  remove(widgetId: string): void;
}

declare global {
  interface Window {
    turnstile?: TurnstileApi;
  }
}

const SCRIPT_URL = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";

export interface TurnstileProps {
  siteKey: string;
  action: string;
  /** Another object means another attempt: the widget starts afresh, since its token works once. */
  challenge: object;
}

/** Cloudflare's widget. It needs JavaScript, and says so where there is none. */
export function Turnstile({ siteKey, action, challenge }: TurnstileProps) {
  const container = useRef<HTMLDivElement>(null);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    let widgetId: string | undefined;
    let isGone = challenge === null;
    const options = { sitekey: siteKey, action, "response-field-name": "captchaToken", theme: "auto" };
    loadTurnstile().then(
      (turnstile) => {
        if (!isGone && container.current) widgetId = turnstile.render(container.current, options);
      },
      () => setHasFailed(true),
    );
    return () => {
      isGone = true;
      if (widgetId !== undefined) window.turnstile?.remove(widgetId);
    };
  }, [siteKey, action, challenge]);
  return (
    <>
      <div ref={container} className="min-h-[65px]" />
      {hasFailed && (
        <p className="text-danger-ink text-sm">
          The security check could not be loaded. Allow challenges.cloudflare.com and reload the page.
        </p>
      )}
      <noscript>
        <p className="text-sm">This form has a security check that needs JavaScript.</p>
      </noscript>
    </>
  );
}

let loading: Promise<TurnstileApi> | undefined;

// The content security policy lets a script in by the nonce of the page; the browser hides it from the markup only.
function loadTurnstile(): Promise<TurnstileApi> {
  if (window.turnstile) return Promise.resolve(window.turnstile);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SCRIPT_URL;
    script.async = true;
    script.nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
    script.onload = () => (window.turnstile ? resolve(window.turnstile) : reject(new Error("no Turnstile")));
    script.onerror = () => {
      loading = undefined;
      reject(new Error("Turnstile was not loaded"));
    };
    document.head.append(script);
  });
  return loading;
}
