// Limits and exact texts of members and invites. Pure: pages may import it.

export const MEMBERS_PAGE_SIZE = 50;
export const MEMBERS_PAGE_SIZE_MAX = 100;
export const MEMBER_SEARCH_LENGTH_MAX = 100;
export const CURSOR_LENGTH_MAX = 500;
