// What the procedures of members take and answer.

import { z } from "zod";
import { EmailAddress, LinkToken, PasswordInput, PrintableName } from "../auth/contract";
import { storableText } from "../platform/contract";
import { TENANT_ROLES, type TenantRole } from "../tenants/terms";
import {
  CURSOR_LENGTH_MAX,
  INVITE_MESSAGE_LENGTH_MAX,
  INVITES_AT_ONCE_MAX,
  MEMBER_SEARCH_LENGTH_MAX,
  MEMBERS_PAGE_SIZE,
  MEMBERS_PAGE_SIZE_MAX,
  TEXT_NO_LINKS,
  TEXT_TOO_MANY_ADDRESSES,
} from "./terms";

const page = {
  cursor: storableText(CURSOR_LENGTH_MAX).optional(),
  limit: z.number().int().min(1).max(MEMBERS_PAGE_SIZE_MAX).default(MEMBERS_PAGE_SIZE),
};

export const ListMembers = z
  .strictObject({
    /** Part of a name or an address. */
    search: storableText(MEMBER_SEARCH_LENGTH_MAX).default(""),
    ...page,
  })
  .prefault({});
export type ListMembers = z.output<typeof ListMembers>;

export const ListInvites = z.strictObject(page).prefault({});
export type ListInvites = z.output<typeof ListInvites>;

const Role = z.enum(TENANT_ROLES, "Choose a role.");

// A mail that carries somebody else's link is a tool for phishing.
const LINK = /:\/\/|\bwww\./i;
const InviteMessage = storableText(INVITE_MESSAGE_LENGTH_MAX)
  .refine((text) => !LINK.test(text), TEXT_NO_LINKS)
  .transform((text) => (text === "" ? undefined : text))
  .optional();

export const InviteMember = z.strictObject({ email: EmailAddress, role: Role, message: InviteMessage });
export type InviteMember = z.output<typeof InviteMember>;

/** Several addresses: a list, or a text that separates them by commas, semicolons, spaces or lines, as a form sends it. */
export const InvitePeople = z.strictObject({
  emails: z
    .union([
      z.array(z.string().max(1_000)).max(1_000),
      z
        .string()
        .max(20_000)
        .transform((text) => text.split(/[\s,;]+/).filter(Boolean)),
    ])
    .transform(readAddresses),
  role: Role,
  message: InviteMessage,
});
export type InvitePeople = z.output<typeof InvitePeople>;

export const NameInvite = z.strictObject({ inviteId: z.uuid() });
export type NameInvite = z.output<typeof NameInvite>;

export const NameMember = z.strictObject({ userId: z.uuid() });
export type NameMember = z.output<typeof NameMember>;

export const SetRole = NameMember.extend({ role: Role });
export type SetRole = z.output<typeof SetRole>;

export const Transfer = NameMember.extend({
  /** The workspace's name, typed. */
  confirmation: z.string().trim().max(200),
});
export type Transfer = z.output<typeof Transfer>;

export const OfLink = z.strictObject({ token: LinkToken });
export type OfLink = z.output<typeof OfLink>;

export const SignUp = OfLink.extend({ name: PrintableName, password: PasswordInput });
export type SignUp = z.output<typeof SignUp>;

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

export interface InviteItem {
  inviteId: string;
  email: string;
  role: TenantRole;
  message: string | null;
  /** The last characters of the mailed link. */
  hint: string;
  isExpired: boolean;
  sentAt: string;
  expiresAt: string;
}

/** What whoever has an invite's link is shown. */
export interface InvitePreview {
  tenant: { name: string; slug: string };
  email: string;
  role: TenantRole;
  message: string | null;
  /** The inviter's name; null when they have left. */
  invitedBy: string | null;
  /** Whether this link was mailed, so that registering through it confirms the address. */
  provesMailbox: boolean;
}

export interface SeatFacts {
  used: number;
  /** Invites that wait for an answer. */
  invited: number;
  /** Null for any number. */
  limit: number | null;
  /** What one more seat costs, as a sentence; null while there is nothing to say. */
  price: string | null;
}

// One message at the field that names what is wrong, rather than one for each entry.
function readAddresses(entries: string[], { addIssue }: z.RefinementCtx): string[] {
  const refuse = (message: string) => {
    addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (entries.length === 0) return refuse("Enter an email address.");
  if (entries.length > INVITES_AT_ONCE_MAX) return refuse(TEXT_TOO_MANY_ADDRESSES);
  const read = entries.map((entry) => ({ entry, parsed: EmailAddress.safeParse(entry) }));
  const wrong = read.filter(({ parsed }) => !parsed.success).map(({ entry }) => entry.slice(0, 80));
  if (wrong.length > 0) return refuse(`Not a valid email address: ${wrong.join(", ")}.`);
  return read.flatMap(({ parsed }) => (parsed.success ? [parsed.data] : []));
}
