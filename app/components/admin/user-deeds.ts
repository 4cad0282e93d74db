// What an operator can do to an account, as the pages offer it. The server decides again.

import { PLATFORM_RANK, type PlatformPermission, type PlatformRole } from "../../../server/auth/terms";

/** What of an account and of its viewer decides which deeds are offered. */
interface Offer {
  status: string;
  isVerified: boolean;
  hasSecondFactor: boolean;
  lock: unknown;
  disablement: unknown;
  withoutWorkspaceSince: unknown;
}

export interface UserDeed {
  intent: string;
  label: string;
  question: string;
  description: string;
  permission: PlatformPermission;
  isHarm: boolean;
  /** Asks for the password again when the sign-in is older than ten minutes. */
  needsStepUp?: true;
  isOffered: (user: Offer) => boolean;
}

export const USER_DEEDS: readonly UserDeed[] = [
  {
    intent: "resendVerification",
    label: "Send a new confirmation link",
    question: "Send a new confirmation link?",
    description: "Older links stop working. The account can be used once the address is confirmed.",
    permission: "users.moderate",
    isHarm: false,
    isOffered: ({ isVerified }) => !isVerified,
  },
  {
    intent: "unlock",
    label: "Unlock",
    question: "Unlock this account?",
    description: "The person can sign in again, unless the account is also disabled.",
    permission: "users.moderate",
    isHarm: false,
    isOffered: ({ lock, isVerified }) => lock !== null && isVerified,
  },
  {
    intent: "enable",
    label: "Enable",
    question: "Enable this account?",
    description: "The person can sign in again, unless the account is also locked.",
    permission: "users.manage",
    isHarm: false,
    isOffered: ({ disablement, withoutWorkspaceSince }) =>
      disablement !== null || withoutWorkspaceSince !== null,
  },
  {
    intent: "resetPassword",
    label: "Set a new password",
    question: "Set a new password for this person?",
    description: "Ends all sessions and every reset link. The action is audited with your name and reason.",
    permission: "users.moderate",
    isHarm: true,
    needsStepUp: true,
    isOffered: () => true,
  },
  {
    intent: "resetTwoFactor",
    label: "Reset two-factor",
    question: "Take this person's second factor away?",
    description: "For somebody who lost it. Ends all sessions; the person is told by mail.",
    permission: "users.manage",
    isHarm: true,
    needsStepUp: true,
    isOffered: ({ hasSecondFactor }) => hasSecondFactor,
  },
  {
    intent: "setRole",
    label: "Change platform role",
    question: "Change the platform role?",
    description: "Ends all sessions. With an operator role the next sign-in asks for a second factor.",
    permission: "users.manage",
    isHarm: true,
    needsStepUp: true,
    isOffered: () => true,
  },
  {
    intent: "lock",
    label: "Lock",
    question: "Lock this account?",
    description: "Ends all sessions at once. Meant for a while: an unlock takes it back.",
    permission: "users.moderate",
    isHarm: true,
    isOffered: ({ lock }) => lock === null,
  },
  {
    intent: "disable",
    label: "Disable",
    question: "Disable this account?",
    description: "Ends all sessions at once. Meant to last: only an admin can enable the account again.",
    permission: "users.manage",
    isHarm: true,
    needsStepUp: true,
    isOffered: ({ disablement }) => disablement === null,
  },
];

export interface Viewer {
  userId: string;
  role: PlatformRole;
  permissions: readonly PlatformPermission[];
}

/**
 * The deeds that this operator may do to this account: never to oneself, nor to one's own rank or above; but an admin may
 * take the role of another admin.
 */
export function deedsFor(
  viewer: Viewer,
  user: Offer & { id: string; platformRole: PlatformRole },
): UserDeed[] {
  if (user.id === viewer.userId) return [];
  const isAbove = PLATFORM_RANK[viewer.role] > PLATFORM_RANK[user.platformRole];
  const areAdmins = viewer.role === "admin" && user.platformRole === "admin";
  return USER_DEEDS.filter(
    ({ intent, permission, isOffered }) =>
      (isAbove || (areAdmins && intent === "setRole")) &&
      viewer.permissions.includes(permission) &&
      isOffered(user),
  );
}
