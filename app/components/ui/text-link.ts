/** A link inside running text: the accent's ink and an underline that is there before the pointer is. */
export const TEXT_LINK_CLASS =
  "rounded-sm font-medium text-accent-ink underline decoration-accent-ink/40 underline-offset-4 hover:decoration-current";
