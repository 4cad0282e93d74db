// What copying and leaving take.

import { z } from "zod";
import { Id } from "../platform/contract";

const EXPORT_PIECES_MAX = 1_000_000;

export const ExportPiece = z.strictObject({
  exportId: z.uuid(),
  position: z.number().int().min(0).max(EXPORT_PIECES_MAX).default(0),
});
export type ExportPiece = z.output<typeof ExportPiece>;

/** The own address, typed: nobody leaves by a slip of the hand. */
export const DeleteAccount = z.strictObject({ confirmation: z.string().trim().toLowerCase().max(254) });
export type DeleteAccount = z.output<typeof DeleteAccount>;

export const CancelDeletion = z.strictObject({ token: z.string().min(1).max(200) });
export type CancelDeletion = z.output<typeof CancelDeletion>;

/** The workspace's name, typed. */
export const DeleteTenant = z.strictObject({ confirmation: z.string().trim().normalize("NFC").max(200) });
export type DeleteTenant = z.output<typeof DeleteTenant>;

export const NameDeletion = z.strictObject({
  deletionId: Id,
});
export type NameDeletion = z.output<typeof NameDeletion>;
