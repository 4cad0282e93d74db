// Words and limits of the operators' pages. Pure: pages may import it.

export const USERS_PAGE_SIZE = 10;
export const USERS_PAGE_SIZE_MAX = 100;
export const SEARCH_LENGTH_MAX = 254;

export const USER_STATES = ["pending", "active", "locked", "disabled"] as const;
export type UserState = (typeof USER_STATES)[number];

export const USER_SORTS = ["newest", "oldest"] as const;
