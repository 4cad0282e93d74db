// Limits and exact texts of members and invites. Pure: pages may import it.

export const MEMBERS_PAGE_SIZE = 50;
export const MEMBERS_PAGE_SIZE_MAX = 100;
export const MEMBER_SEARCH_LENGTH_MAX = 100;
/** From this many people on the page offers a search. */
export const MEMBER_SEARCH_FROM = 10;
export const CURSOR_LENGTH_MAX = 500;

export const INVITE_VALID_DAYS = 7;
export const INVITE_HINT_LENGTH = 4;
export const INVITE_MESSAGE_LENGTH_MAX = 500;
/** Addresses that one form may invite. */
export const INVITES_AT_ONCE_MAX = 20;
/** Invites of one workspace that may wait for an answer. */
export const INVITES_OPEN_MAX = 200;
/** Mails that one address gets of all workspaces together. */
export const INVITE_MAILS_PER_ADDRESS_PER_HOUR = 5;

/** T-14, T-15, T-16. */
export const TEXT_INVITE_INVALID = "Invite is not valid";
export const TEXT_INVITE_EXPIRED = "Invite has expired";
export const TEXT_INVITE_USED = "Invite has already been used";
/** T-17. */
export const TEXT_INVITE_ACCEPTED = "Signup successful";

export const TEXT_OWN_ROLE = "You cannot change your own role. Ask another owner or admin.";
export const TEXT_OWN_REMOVAL = "To take yourself out, leave the workspace.";
export const TEXT_RANK = "You can change people below your own role only, and grant none above it.";
export const TEXT_INVITE_CLOSED = "This invite is used or revoked already.";
export const TEXT_INVITE_RAN_OUT = "This invite has expired. Send it again first.";
export const TEXT_TOO_MANY_INVITES = `At most ${INVITES_OPEN_MAX} invites can wait at a time. Revoke some first.`;
export const TEXT_TOO_MANY_ADDRESSES = `Invite at most ${INVITES_AT_ONCE_MAX} people at once.`;
export const TEXT_NO_LINKS = "Leave links out: the mail carries the invite's own.";
export const TEXT_HAS_ACCOUNT = "There is an account with this address. Sign in to accept the invite.";
export const TEXT_NAME_DIFFERS = "This is not the workspace's name.";
