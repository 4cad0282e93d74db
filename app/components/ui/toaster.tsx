import { useEffect, useRef, useState } from "react";
import { classNames } from "./class-names";
import { dismissToast, showToast, type Toast, useToasts } from "./toast-store";

const TOAST_MS = 6_000;

/**
 * The polite live region of the page. A toast that the server set stands in the HTML already, so it is seen without
 * JavaScript; in the browser the store takes it over.
 */
export function Toaster({ serverToast }: { serverToast?: Toast | null | undefined }) {
  const stored = useToasts();
  const [handedOverId, setHandedOverId] = useState<string>();
  useEffect(() => {
    if (!serverToast) return;
    showToast(serverToast);
    setHandedOverId(serverToast.id);
  }, [serverToast]);
  const isWaiting =
    serverToast && serverToast.id !== handedOverId && !stored.some(({ id }) => id === serverToast.id);
  const shown = isWaiting ? [serverToast, ...stored] : stored;
  return (
    <section
      aria-label="Notifications"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 top-14 z-50 flex flex-col items-center gap-2 p-4"
    >
      {shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const pause = useAutoDismiss(toast.id);
  return (
    <div
      {...pause}
      className="pointer-events-auto flex w-full max-w-sm animate-rise-in items-start gap-3 rounded-lg border border-line bg-raised py-3 pr-2 pl-4 text-sm shadow-raised"
    >
      <span
        aria-hidden="true"
        className={classNames(
          "mt-1.5 size-2 shrink-0 rounded-full",
          toast.kind === "error" ? "bg-danger" : "bg-accent",
        )}
      />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <p className="font-medium">{toast.title}</p>
        {toast.description && <p className="text-ink-muted">{toast.description}</p>}
      </div>
      {toast.action && <ToastAction id={toast.id} action={toast.action} />}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={() => dismissToast(toast.id)}
        className="-my-1 size-8 shrink-0 rounded-md text-ink-muted text-lg leading-none hover:bg-hover hover:text-ink"
      >
        ×
      </button>
    </div>
  );
}

function ToastAction({ id, action }: { id: string; action: NonNullable<Toast["action"]> }) {
  const select = () => {
    action.onSelect();
    dismissToast(id);
  };
  return (
    <button
      type="button"
      onClick={select}
      className="rounded-sm font-medium text-accent-ink underline-offset-2 hover:underline"
    >
      {action.label}
    </button>
  );
}

/** The clock stands still while the pointer or the focus is on the toast, so that nobody has to hurry (WCAG 2.2.1). */
function useAutoDismiss(id: string) {
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const stop = () => clearTimeout(timer.current);
  const start = () => {
    stop();
    timer.current = setTimeout(() => dismissToast(id), TOAST_MS);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the clock starts once per toast
  useEffect(() => {
    start();
    return stop;
  }, [id]);
  return { onMouseEnter: stop, onMouseLeave: start, onFocus: stop, onBlur: start };
}
