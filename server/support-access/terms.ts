// Words, limits and texts of support access. Pure: pages may import it.

/** What an operator may see under a grant: facts alone, or what people wrote as well. */
export const SUPPORT_SCOPES = ["metadata", "content"] as const;
export type SupportScope = (typeof SUPPORT_SCOPES)[number];

/** How long a grant may last. */
export const SUPPORT_HOURS = [1, 4, 24] as const;

/** A reason is read by whoever decides; shorter ones say nothing. */
export const SUPPORT_REASON_LENGTH_MIN = 10;
export const SUPPORT_REASON_LENGTH_MAX = 500;

/** A request that nobody has answered for this long cannot be approved any more. */
export const SUPPORT_REQUEST_VALID_DAYS = 7;

/** A workspace is asked so often in a day by all operators together; each question is a mail to each of its admins. */
export const SUPPORT_REQUESTS_PER_DAY_MAX = 20;

export const SUPPORT_PAGE_SIZE = 25;
/** How many past grants are listed. */
export const GRANTS_SHOWN_MAX = 50;

export const SUPPORT_GRANT_STATES = [
  "pending",
  "live",
  "expired",
  "declined",
  "ended",
  "withdrawn",
  "lapsed",
] as const;
export type SupportGrantState = (typeof SUPPORT_GRANT_STATES)[number];

export const SUPPORT_SCOPE_LABELS: Record<SupportScope, string> = {
  metadata: "Facts only, messages masked",
  content: "Facts and messages",
};

export const TEXT_READ_ONLY = "Support access is for reading only.";
export const TEXT_ASKED_ALREADY = "Your last request to this workspace still waits for an answer.";
export const TEXT_ASKED_TOO_OFTEN = "This workspace was asked too often today. Please try again tomorrow.";
export const TEXT_NO_SUCH_TENANT = "There is no workspace with this address or id.";
export const TEXT_DECIDED_ALREADY = "This request was answered, withdrawn or has lapsed.";
export const TEXT_NOT_LIVE = "This access has ended already.";
export const TEXT_WIDER_SCOPE = "This is more than was asked for.";
export const TEXT_LONGER_TIME = "This is longer than was asked for.";
