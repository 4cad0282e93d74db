import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { useMemo } from "react";
import { afterEach, expect, test, vi } from "vitest";
import type { MessageItem } from "../../../server/chat/contract";
import { shortCount } from "../../../server/usage/terms";
import { quietDollars } from "../../../server/wallet/terms";
import { message } from "../../../tests/factories/chat-api";
import { AnswerCost } from "./answer-cost";
import { AnswerCostsProvider, useCostsOf } from "./answer-costs";

afterEach(cleanup);

const costOf = async (ids: string[]) => ({
  items: ids.map((messageId) => ({ messageId, costNano: "1284500", cost: "0.0012845", chargedNano: "0" })),
});

function Thread({ messages, ask }: { messages: MessageItem[]; ask: typeof costOf }) {
  const nano = useCostsOf(messages, ask);
  const costs = useMemo(() => ({ tenantSlug: "acme", nano }), [nano]);
  return (
    <AnswerCostsProvider value={costs}>
      {messages.map(({ id }) => (
        <AnswerCost key={id} messageId={id} />
      ))}
    </AnswerCostsProvider>
  );
}

test("settled answers are asked for together, once, and again when one was continued", async () => {
  const ask = vi.fn(costOf);
  const messages = [
    message({ id: "a-1" }),
    message({ id: "u-1", role: "user" }),
    message({ id: "a-2", status: "stopped" }),
    message({ id: "a-3", status: "streaming" }),
  ];
  const { rerender } = render(<Thread messages={messages} ask={ask} />);
  rerender(<Thread messages={[...messages]} ask={ask} />);
  await waitFor(() => expect(screen.getAllByText("$0.0013")).toHaveLength(2));
  expect(ask.mock.calls).toEqual([[["a-1", "a-2"]]]);
  const continued = messages.map((item) => (item.id === "a-2" ? { ...item, outputTokens: 9 } : item));
  rerender(<Thread messages={continued} ask={ask} />);
  await waitFor(() => expect(ask).toHaveBeenCalledTimes(2));
  expect(ask).toHaveBeenLastCalledWith(["a-2"]);
});

test("a cost that cannot be had leaves the way to the receipt", async () => {
  render(<Thread messages={[message({ id: "a-1" })]} ask={() => Promise.reject(new Error("offline"))} />);
  const link = screen.getByRole("link", { name: "Receipt" });
  expect(link.getAttribute("href")).toBe("/t/acme/receipts/a-1");
});

test("small costs are told in two digits, counts in few letters", () => {
  expect(["0", "45", "45678", "9949999", "9950000", "10000000", "1234560000000"].map(quietDollars)).toEqual([
    "$0.00",
    "$0.000000045",
    "$0.000046",
    "$0.0099",
    "$0.01",
    "$0.01",
    "$1,234.56",
  ]);
  expect([0, 999, 1_000, 1_250, 99_999, 999_999, 1_000_000, 12_345_678].map(shortCount)).toEqual([
    ...["0", "999", "1K", "1.2K", "99K", "999K", "1M", "12M"],
  ]);
});
