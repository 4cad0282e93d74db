// The data map: every table that holds something of a person or of a workspace, by room. A check of the schema refuses a
// table that is missing here. Rooms that lean on others come first: erasing goes from right to left in the line.

import { personalData as audit } from "../audit/personal-data";
import { personalData as auth } from "../auth/personal-data";
import { personalData as billing } from "../billing/personal-data";
import { personalData as catalogue } from "../catalogue/personal-data";
import { personalData as chat } from "../chat/personal-data";
import { personalData as machines } from "../machines/personal-data";
import { personalData as members } from "../members/personal-data";
import { personalData as mfa } from "../mfa/personal-data";
import { personalData as platform } from "../platform/own-data";
import type { RoomData } from "../platform/personal-data";
import { personalData as runs } from "../runs/personal-data";
import { personalData as signup } from "../signup/personal-data";
import { personalData as supportAccess } from "../support-access/personal-data";
import { personalData as tenants } from "../tenants/personal-data";
import { personalData as usage } from "../usage/personal-data";
import { personalData as wallet } from "../wallet/personal-data";
import { personalData as lifecycle } from "./personal-data";

// Mails of the process come before identity, which knows a person's earlier addresses.
export const DATA_MAP: readonly RoomData[] = [
  lifecycle,
  chat,
  runs,
  signup,
  billing,
  usage,
  wallet,
  catalogue,
  supportAccess,
  members,
  machines,
  tenants,
  mfa,
  platform,
  auth,
  audit,
];
