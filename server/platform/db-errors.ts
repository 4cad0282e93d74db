// What the database refused, told apart without reading messages.

import { Prisma } from "./prisma/client";

/** True when a row of the same unique key was there first. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}
