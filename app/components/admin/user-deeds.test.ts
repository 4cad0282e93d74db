import { expect, test } from "vitest";
import { PLATFORM_ROLE_PERMISSIONS, type PlatformRole } from "../../../server/auth/terms";
import { deedsFor, type Viewer } from "./user-deeds";

const SINCE = "2026-02-03T04:05:06.000Z";
const PERSON = {
  ...{ id: "person", platformRole: "user" as const, status: "active", isVerified: true },
  ...{ hasSecondFactor: false, lock: null, disablement: null, withoutWorkspaceSince: null },
};
const viewerAs = (role: PlatformRole): Viewer => ({
  ...{ userId: "viewer", role, permissions: [...PLATFORM_ROLE_PERMISSIONS[role]] },
});
const offered = (facts: object, role: PlatformRole = "admin") =>
  deedsFor(viewerAs(role), { ...PERSON, ...facts }).map(({ intent }) => intent);

test("an account that is shut, for whichever cause, is offered the way back", () => {
  expect(offered({})).not.toContain("enable");
  expect(offered({ disablement: { since: SINCE, reason: "Long unpaid" } })).toContain("enable");
  expect(offered({ withoutWorkspaceSince: SINCE })).toContain("enable");
  expect(offered({ lock: { since: SINCE, reason: "Under review" } })).toContain("unlock");
});

test("nobody is offered anything on themselves, their own rank or above, but that an admin parts with another", () => {
  expect(offered({ id: "viewer" })).toEqual([]);
  expect(offered({ platformRole: "billing_admin" }, "support")).toEqual([]);
  expect(offered({ platformRole: "admin" })).toEqual(["setRole"]);
});

test("what a role may not do is not offered to it", () => {
  expect(offered({ hasSecondFactor: true }, "support")).toEqual(["resetPassword", "lock"]);
  expect(offered({}, "billing_admin")).toEqual([]);
});
