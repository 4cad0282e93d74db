// A billing page that nobody sees holds no stream, and misses nothing.

import { createRemixStub } from "@remix-run/testing";
import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type LiveEvent, useBillingLive } from "./use-billing-live";

interface Stream {
  lastEventId: string;
  isOpen: boolean;
  listener: {
    onStarted(): void;
    onData(tracked: { id: string; data: LiveEvent }): void;
    onError(): void;
  };
}

const browser = vi.hoisted(() => ({ streams: [] as Stream[] }));
// why: there is no server behind this page.
vi.mock("../../api", () => ({
  apiFor: () => ({
    billing: {
      live: {
        subscribe: ({ lastEventId }: { lastEventId: string }, listener: Stream["listener"]) => {
          const stream = { lastEventId, isOpen: true, listener };
          browser.streams.push(stream);
          return { unsubscribe: () => (stream.isOpen = false) };
        },
      },
    },
  }),
}));

beforeEach(() => {
  browser.streams = [];
  turn("visible");
});

afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(document, "visibilityState");
});

function turn(state: DocumentVisibilityState): void {
  Object.defineProperty(document, "visibilityState", { configurable: true, value: state });
  document.dispatchEvent(new Event("visibilitychange"));
}

function show() {
  const told: unknown[] = [];
  const Page = () => {
    const { isLive } = useBillingLive("7", (event) => told.push(event));
    return <p>{isLive ? "live" : "at rest"}</p>;
  };
  const Stub = createRemixStub([{ path: "/t/:tenant/billing", Component: Page }]);
  const { unmount } = render(<Stub initialEntries={["/t/acme/billing"]} />);
  return { told, unmount };
}

const openStreams = () => browser.streams.filter((stream) => stream.isOpen);
const last = () => browser.streams.at(-1) as Stream;

test("a page that is hidden gives its connection back, and goes on after the last event when it is shown", () => {
  const { told } = show();
  act(() => last().listener.onStarted());
  expect(screen.getByText("live")).toBeDefined();
  act(() => last().listener.onData({ id: "9", data: { type: "reset" } }));
  act(() => turn("hidden"));
  expect(openStreams()).toEqual([]);
  expect(screen.getByText("at rest")).toBeDefined();
  act(() => turn("visible"));
  expect(openStreams()).toMatchObject([{ lastEventId: "9" }]);
  expect(told).toEqual([{ type: "reset" }]);
});

test("a page that was opened in the background asks for its stream when it is shown", () => {
  turn("hidden");
  show();
  expect(browser.streams).toEqual([]);
  act(() => turn("visible"));
  expect(openStreams()).toMatchObject([{ lastEventId: "7" }]);
});

test("a stream that was refused is asked for again, never twice at once, and not by a page that was left or is hidden", () => {
  vi.useFakeTimers();
  const { unmount } = show();
  act(() => last().listener.onError());
  act(() => vi.advanceTimersByTime(30_000));
  expect(openStreams()).toHaveLength(1);
  expect(browser.streams).toHaveLength(2);
  act(() => last().listener.onError());
  act(() => turn("hidden"));
  act(() => vi.advanceTimersByTime(60_000));
  act(() => turn("visible"));
  expect(browser.streams).toHaveLength(3);
  act(() => last().listener.onError());
  unmount();
  vi.advanceTimersByTime(60_000);
  expect(browser.streams).toHaveLength(3);
  expect(openStreams()).toEqual([]);
});
