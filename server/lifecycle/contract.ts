// What copying and leaving take.

import { z } from "zod";

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

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOTHING = "00000000-0000-0000-0000-000000000000";

/** Ids are opaque to clients: one that was never given out names nothing, whatever it looks like. */
export const NameDeletion = z.strictObject({
  deletionId: z
    .string()
    .max(64)
    .transform((value) => (UUID.test(value) ? value.toLowerCase() : NOTHING)),
});
export type NameDeletion = z.output<typeof NameDeletion>;
