// Another conversation on its way shows its shape, the first time.

import { Link, Outlet } from "@remix-run/react";
import { createRemixStub } from "@remix-run/testing";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { noteSeen, ThreadSkeleton } from "./thread-skeleton";

const FIRST = "0193a0c0-0000-7000-8000-00000000000";

/** A chat whose conversations arrive when the test says so; `first` names them apart from those of other tests. */
async function show(first: number) {
  const ids = [`${FIRST}${first}`, `${FIRST}${first + 1}`] as const;
  let arrive = () => {};
  const loader = ({ params }: { params: { conversationId?: string } }) =>
    new Promise((resolve) => {
      arrive = () => resolve(params.conversationId ?? null);
    });
  const Frame = () => (
    <>
      <Link to={`/t/acme/chat/${ids[0]}`}>One</Link>
      <Link to={`/t/acme/chat/${ids[1]}`}>Two</Link>
      <Link to="/t/acme/chat/archived">Archived</Link>
      <Outlet />
      <ThreadSkeleton />
    </>
  );
  const Stub = createRemixStub([
    {
      id: "chat",
      path: "/t/:tenant/chat",
      Component: Frame,
      children: [
        { id: "one", path: ":conversationId", loader, Component: () => <p>A conversation</p> },
        { id: "archived", path: "archived", loader, Component: () => <p>The archive</p> },
      ],
    },
  ]);
  render(
    <Stub initialEntries={[`/t/acme/chat/${ids[0]}`]} hydrationData={{ loaderData: { one: ids[0] } }} />,
  );
  await screen.findByText("A conversation");
  return {
    ids,
    arrive: () => act(async () => arrive()),
    open: (name: string) => userEvent.click(screen.getByText(name)),
  };
}

const opening = () => document.querySelector("[data-opening]")?.getAttribute("data-opening") ?? null;

test("a conversation that is opened for the first time shows its shape until it is there", async () => {
  const { ids, arrive, open } = await show(1);
  expect(opening()).toBeNull();
  await open("Two");
  expect(opening()).toBe(ids[1]);
  expect(screen.getByText("A conversation")).toBeDefined();
  await arrive();
  expect(opening()).toBeNull();
});

test("where somebody has been before, and on other pages, nothing is covered", async () => {
  const { arrive, open } = await show(3);
  await open("Two");
  await arrive();
  await open("One");
  expect(opening()).toBeNull();
  await arrive();
  await open("Archived");
  expect(opening()).toBeNull();
  await arrive();
});

test("a conversation that has just begun here is not covered: its question is on screen", async () => {
  const { ids, open } = await show(5);
  noteSeen(ids[1]);
  await open("Two");
  expect(opening()).toBeNull();
});
