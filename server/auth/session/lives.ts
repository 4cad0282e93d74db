// Sessions of many open streams at once: whether they let anybody in as before.

import { pool } from "../../platform/db";
import { areAmong } from "../../platform/signs";
import { mustConfirmAddress } from "../address/verification";
import { isLive, type LifeOfSession, type SessionRow } from "./rows";

const LIVES = {
  name: "session_lives",
  text: `
  SELECT s.id, s.epoch, s.idle_expires_at, s.absolute_expires_at, s.revoked_at,
         u.session_epoch, u.deletion_due_at, u.email_verified_at, u.status
    FROM sessions s JOIN users u ON u.id = s.user_id
   WHERE s.id = ANY ($1)`,
};

type Life = LifeOfSession & Pick<SessionRow, "id" | "email_verified_at">;

/** Which of these sessions are live and of people who need not confirm their address first, in their order. One SELECT. */
export async function areLive(sessionIds: string[]): Promise<boolean[]> {
  const { rows } = await pool().query<Life>({ ...LIVES, values: [sessionIds] });
  const live = rows.filter(
    (row) => isLive(row) && !mustConfirmAddress({ emailVerified: row.email_verified_at !== null }),
  );
  return areAmong(sessionIds, live);
}
