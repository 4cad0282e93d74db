// A person's conversations as the side bar shows them. The page's loader seeds the list; from there it follows what the
// person does and a light poll of marks (which are being answered, which have news), paused while the page is hidden.

import type { ConversationItem, Page } from "../../../server/chat/contract";
import type { ChatApi } from "./chat-api";
import { type Failure, failureOf } from "./failure";
import { TitleWait } from "./title-wait";

export interface ConversationListState {
  items: readonly ConversationItem[];
  nextCursor: string | null;
  isLoading: boolean;
  failure: Failure | null;
}

export type ListApi = Pick<
  ChatApi,
  "getConversation" | "listConversations" | "marks" | "rename" | "archive" | "remove" | "restore" | "markRead"
>;

export class ConversationList {
  private state: ConversationListState;
  private readonly listeners = new Set<() => void>();
  private readonly titleWait = new TitleWait((id) => this.readTitle(id));

  constructor(
    private readonly api: ListApi,
    seed: Page<ConversationItem>,
    private readonly isArchive = false,
  ) {
    this.state = { items: seed.items, nextCursor: seed.nextCursor, isLoading: false, failure: null };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): ConversationListState => this.state;

  /** Takes over what a loader has just read. */
  seed(page: Page<ConversationItem>): void {
    this.set({ items: merged(page.items, this.state.items, page.nextCursor), failure: null });
    if (page.nextCursor === null) this.set({ nextCursor: null });
  }

  /** Reads the first page again: new conversations, titles, order. */
  async refresh(): Promise<void> {
    try {
      this.seed(await this.api.listConversations({ archived: this.isArchive }));
    } catch (error) {
      this.set({ failure: failureOf(error) });
    }
  }

  async loadMore(): Promise<void> {
    const { nextCursor: cursor, isLoading } = this.state;
    if (cursor === null || isLoading) return;
    this.set({ isLoading: true, failure: null });
    try {
      const page = await this.api.listConversations({ cursor, archived: this.isArchive });
      const known = new Set(this.state.items.map((item) => item.id));
      const items = [...this.state.items, ...page.items.filter((item) => !known.has(item.id))];
      this.set({ items, nextCursor: page.nextCursor });
    } catch (error) {
      this.set({ failure: failureOf(error) });
    } finally {
      this.set({ isLoading: false });
    }
  }

  /**
   * Which conversations are being answered and which have news; the open one is read as it goes. Answers those whose
   * answer has come since the last look.
   */
  async readMarks(openId: string | null): Promise<readonly ConversationItem[]> {
    const marks = await this.api.marks();
    const running = new Map(marks.running.map((run) => [run.conversationId, run.runId]));
    const unread = new Set(marks.unread.filter((id) => id !== openId));
    const isNews = [...running.keys(), ...unread].some((id) => this.find(id) === undefined);
    const wasRunning = this.state.items.filter((item) => item.activeRunId !== null && item.id !== openId);
    const finished = wasRunning.filter((item) => !running.has(item.id));
    this.set({ items: this.state.items.map((item) => marked(item, running, unread)) });
    if ((isNews && !this.isArchive) || finished.length > 0) await this.refresh();
    for (const { id } of finished) this.awaitTitle(id);
    return finished.filter((item) => unread.has(item.id));
  }

  /** Follows the title of a conversation that was answered, until it is the final one. */
  awaitTitle(id: string): void {
    if (this.isUntitled(id)) this.titleWait.begin(id);
  }

  /** Takes over a title that was read with its conversation; one that is final here stays. */
  takeTitle({ id, title, titleSource }: Pick<ConversationItem, "id" | "title" | "titleSource">): void {
    if (this.isUntitled(id)) this.show(id, { title, titleSource });
  }

  async rename(id: string, title: string): Promise<void> {
    await this.change(id, { title, titleSource: "person" }, () => this.api.rename(id, title));
  }

  async archive(id: string, isArchived: boolean): Promise<void> {
    await this.leave(id, () => this.api.archive(id, isArchived));
  }

  async remove(id: string): Promise<void> {
    await this.leave(id, () => this.api.remove(id));
  }

  async restore(id: string): Promise<void> {
    await this.api.restore(id);
    await this.refresh();
  }

  async markRead(id: string): Promise<void> {
    await this.change(id, { isUnread: false }, () => this.api.markRead(id));
  }

  setRunning(id: string, runId: string | null): void {
    this.show(id, { activeRunId: runId });
  }

  find(id: string): ConversationItem | undefined {
    return this.state.items.find((item) => item.id === id);
  }

  private isUntitled(id: string): boolean {
    return this.find(id)?.titleSource === "none";
  }

  /** False once there is nothing to wait for. */
  private async readTitle(id: string): Promise<boolean> {
    if (this.isUntitled(id)) this.takeTitle(await this.api.getConversation(id));
    return this.isUntitled(id);
  }

  private show(id: string, change: Partial<ConversationItem>): void {
    this.set({ items: this.state.items.map((item) => (item.id === id ? { ...item, ...change } : item)) });
  }

  private async change(
    id: string,
    change: Partial<ConversationItem>,
    call: () => Promise<unknown>,
  ): Promise<void> {
    const before = this.state.items;
    this.show(id, change);
    await this.orTakeBack(before, call);
  }

  private async leave(id: string, call: () => Promise<unknown>): Promise<void> {
    const before = this.state.items;
    this.set({ items: before.filter((item) => item.id !== id) });
    await this.orTakeBack(before, call);
  }

  private async orTakeBack(before: readonly ConversationItem[], call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      this.set({ items: before });
      throw error;
    }
  }

  private set(change: Partial<ConversationListState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** The newest page first; what was loaded below it stays, except what the page should have held and does not. */
function merged(
  page: readonly ConversationItem[],
  known: readonly ConversationItem[],
  nextCursor: string | null,
): ConversationItem[] {
  const end = page.at(-1);
  if (end === undefined || nextCursor === null) return [...page];
  const onPage = new Set(page.map((item) => item.id));
  const below = known.filter((item) => !onPage.has(item.id) && isBelow(item, end));
  return [...page, ...below];
}

function isBelow(item: ConversationItem, end: ConversationItem): boolean {
  return (
    item.lastMessageAt < end.lastMessageAt || (item.lastMessageAt === end.lastMessageAt && item.id < end.id)
  );
}

function marked(
  item: ConversationItem,
  running: ReadonlyMap<string, string>,
  unread: ReadonlySet<string>,
): ConversationItem {
  const activeRunId = running.get(item.id) ?? null;
  const isUnread = unread.has(item.id);
  return item.activeRunId === activeRunId && item.isUnread === isUnread
    ? item
    : { ...item, activeRunId, isUnread };
}
