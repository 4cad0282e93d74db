import type { ReactNode } from "react";

/** The composer's place: at the end of the column, as wide as the thread, above the phone's own bar. */
export function ComposerFrame({ children }: { children: ReactNode }) {
  return (
    <div className="shrink-0 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6">
      <div className="mx-auto w-full max-w-[calc(var(--container-thread,46rem)-1.5rem)]">
        {children}
        <p className="pt-2 text-center text-ink-faint text-xs max-sm:hidden">
          Agents can be wrong: check what matters.
        </p>
      </div>
    </div>
  );
}
