import { Link } from "@remix-run/react";
import { createRemixStub } from "@remix-run/testing";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { LiveRefresh } from "./live-refresh";

let tell: () => void;
let reads: string[];
let arrive: () => void;

// why: a browser's stream of events is not at hand; the page is told when the test says so.
vi.mock("./use-billing-live", () => ({
  useBillingLive: (_: string, onEvent: () => void) => {
    tell = onEvent;
  },
}));

beforeEach(() => {
  reads = [];
});

function show(): void {
  const Page = () => (
    <>
      <LiveRefresh lastEventId="0" />
      <Link to="/slow">Go</Link>
    </>
  );
  const Stub = createRemixStub([
    {
      path: "/",
      Component: Page,
      loader: () => {
        reads.push("first");
        return null;
      },
    },
    {
      path: "/slow",
      Component: Page,
      loader: () => {
        reads.push("slow");
        return new Promise((resolve) => {
          arrive = () => resolve(null);
        });
      },
    },
  ]);
  render(<Stub />);
}

test("a page that is told something is read anew", async () => {
  show();
  await screen.findByText("Go");
  act(() => tell());
  await waitFor(() => expect(reads).toEqual(["first", "first"]));
});

test("a page that is on its way arrives before it is read anew", async () => {
  show();
  fireEvent.click(await screen.findByText("Go"));
  await waitFor(() => expect(reads).toEqual(["first", "slow"]));
  act(() => tell());
  expect(reads).toEqual(["first", "slow"]);
  await act(async () => arrive());
  await waitFor(() => expect(reads).toEqual(["first", "slow", "slow"]));
  await act(async () => arrive());
});
