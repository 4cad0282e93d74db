// What the operators' procedures take.

import { z } from "zod";
import { PLATFORM_ROLES } from "../auth/terms";
import { SEARCH_LENGTH_MAX, USER_SORTS, USER_STATES, USERS_PAGE_SIZE, USERS_PAGE_SIZE_MAX } from "./terms";

// PostgreSQL cannot store a NUL, and half of a surrogate pair is no character.
const UNSTORABLE = /\0|\p{Surrogate}/u;

const searchText = z
  .string()
  .trim()
  .max(SEARCH_LENGTH_MAX)
  .refine((text) => !UNSTORABLE.test(text), "This contains characters that cannot be stored.");

// A link or a filter form says "true" or "false".
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

export const ListUsers = z
  .strictObject({
    /** A part of the address or of the name, or a whole id. */
    search: searchText.optional(),
    status: z.enum(USER_STATES).optional(),
    role: z.enum(PLATFORM_ROLES).optional(),
    isVerified: flag.optional(),
    sort: z.enum(USER_SORTS).default("newest"),
    page: z.number().int().min(1).max(100_000).default(1),
    pageSize: z.number().int().min(1).max(USERS_PAGE_SIZE_MAX).default(USERS_PAGE_SIZE),
  })
  .prefault({});
export type ListUsers = z.output<typeof ListUsers>;
