// What happens in this tab and changes the status line's numbers before their time: it need not wait to tell of it.

const news = new EventTarget();

/** Says that the numbers are others now. */
export function tellStatus(): void {
  news.dispatchEvent(new Event("changed"));
}

/** Calls `listener` each time; the answer ends it. */
export function onStatusNews(listener: () => void): () => void {
  news.addEventListener("changed", listener);
  return () => news.removeEventListener("changed", listener);
}
