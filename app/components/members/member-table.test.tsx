import { createRemixStub } from "@remix-run/testing";
import { render, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { MemberItem } from "../../../server/members/contract";
import { MemberTable, type MemberViewer } from "./member-table";

const ADMIN: MemberViewer = { role: "admin", canManage: true, canTransfer: false };
const VIEWER: MemberViewer = { role: "viewer", canManage: false, canTransfer: false };

function memberOf(traits: Partial<MemberItem>): MemberItem {
  return {
    userId: "01981b5e-0000-7000-8000-000000000001",
    name: "Ada Lovelace",
    email: "ada@example.com",
    role: "member",
    isSelf: false,
    joinedAt: "2026-11-01T09:00:00.000Z",
    lastSeenAt: null,
    hasSecondFactor: false,
    spendNano: "0",
    ...traits,
  };
}

function show(members: readonly MemberItem[], viewer: MemberViewer) {
  const Component = () => <MemberTable members={members} viewer={viewer} cardOf={(id) => `?person=${id}`} />;
  const Stub = createRemixStub([{ path: "/", Component }]);
  render(<Stub />);
  return (name: RegExp) => screen.getByRole("row", { name });
}

test("only people below one's own rank, and never oneself, are offered to be changed", () => {
  const rowOf = show(
    [
      memberOf({ userId: "1", name: "Olga", role: "owner" }),
      memberOf({ userId: "2", name: "Anna", role: "admin", isSelf: true }),
      memberOf({ userId: "3", name: "Mia", email: "mia@example.com" }),
    ],
    ADMIN,
  );
  expect(within(rowOf(/Olga/)).queryByRole("link")).toBeNull();
  expect(within(rowOf(/Anna/)).queryByRole("link")).toBeNull();
  expect(within(rowOf(/Mia/)).getByRole("link", { name: "Change mia@example.com" })).toBeDefined();
});

test("spend is written in whole cents, whatever its fractions", () => {
  const rowOf = show([memberOf({ name: "Mia", spendNano: "12345999999" })], ADMIN);
  expect(rowOf(/Mia/).textContent).toContain("$12.34");
});

test("whoever does not manage members sees names and roles alone", () => {
  show([memberOf({ lastSeenAt: null, hasSecondFactor: null, spendNano: null })], VIEWER);
  expect(screen.getAllByRole("columnheader").map(({ textContent }) => textContent)).toEqual([
    "Person",
    "Role",
    "Joined",
  ]);
  expect(screen.queryByRole("link")).toBeNull();
});
