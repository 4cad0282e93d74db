// What the procedures of members take and answer.

import { z } from "zod";
import type { TenantRole } from "../tenants/terms";
import {
  CURSOR_LENGTH_MAX,
  MEMBER_SEARCH_LENGTH_MAX,
  MEMBERS_PAGE_SIZE,
  MEMBERS_PAGE_SIZE_MAX,
} from "./terms";

// PostgreSQL cannot store a NUL, and half of a surrogate pair is no character.
const UNSTORABLE = /\0|\p{Surrogate}/u;
const storable = (lengthMax: number) =>
  z
    .string()
    .trim()
    .max(lengthMax)
    .refine((text) => !UNSTORABLE.test(text), "This contains characters that cannot be stored.");

const page = {
  cursor: storable(CURSOR_LENGTH_MAX).optional(),
  limit: z.number().int().min(1).max(MEMBERS_PAGE_SIZE_MAX).default(MEMBERS_PAGE_SIZE),
};

export const ListMembers = z
  .strictObject({
    /** Part of a name or an address. */
    search: storable(MEMBER_SEARCH_LENGTH_MAX).default(""),
    ...page,
  })
  .prefault({});
export type ListMembers = z.output<typeof ListMembers>;

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface MemberItem {
  userId: string;
  name: string;
  email: string;
  role: TenantRole;
  isSelf: boolean;
  joinedAt: string;
  /** The rest is for those who manage members; null for everybody else. */
  lastSeenAt: string | null;
  hasSecondFactor: boolean | null;
  /** Spend in this workspace's running month, in nano; decimal text. */
  spendNano: string | null;
}
