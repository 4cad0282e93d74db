// Stripe's lists: newest first, walked by the id of the last item seen.
import { invalid } from "./failure";

const LIMIT_DEFAULT = 10;

interface Page {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
}

interface ListAnswer<Item> {
  object: "list";
  url: string;
  has_more: boolean;
  data: Item[];
}

/** One page of `items`, which stand in the order of their making. */
export function listPage<Item extends { id: string }>(
  items: Item[],
  page: Page,
  url: string,
): ListAnswer<Item> {
  const newestFirst = [...items].reverse();
  const limit = page.limit ?? LIMIT_DEFAULT;
  if (page.ending_before) {
    const end = positionOf(newestFirst, page.ending_before, "ending_before");
    const start = Math.max(0, end - limit);
    return { object: "list", url, has_more: start > 0, data: newestFirst.slice(start, end) };
  }
  const start = page.starting_after ? positionOf(newestFirst, page.starting_after, "starting_after") + 1 : 0;
  const data = newestFirst.slice(start, start + limit);
  return { object: "list", url, has_more: start + limit < newestFirst.length, data };
}

function positionOf(items: { id: string }[], id: string, param: string): number {
  const position = items.findIndex((item) => item.id === id);
  if (position < 0) throw invalid(`No such object: '${id}'`, { code: "resource_missing", param });
  return position;
}

type Range = number | Partial<Record<"gt" | "gte" | "lt" | "lte", number | undefined>> | undefined;

/** Whether `created[gte]` and its kin let the instant through. */
export function isInRange(value: number, range: Range): boolean {
  if (range === undefined) return true;
  if (typeof range === "number") return value === range;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return value > gt && value >= gte && value < lt && value <= lte;
}
