// Procedures of the people of a workspace, and of those who are invited into one.

import { memberProcedure, publicProcedure, router, verifiedProcedure } from "../procedures";
import { acceptInvite, openDoor, previewInvite } from "./acceptance";
import {
  InviteMember,
  InvitePeople,
  ListInvites,
  ListMembers,
  NameInvite,
  NameMember,
  OfLink,
  SetRole,
  SignUp,
  Transfer,
} from "./contract";
import {
  copyInviteLink,
  inviteMember,
  invitePeople,
  listInvites,
  resendInvite,
  revokeInvite,
} from "./invites";
import { listMembers } from "./members";
import { leaveTenant, removeMember, setRole, transferOwnership } from "./roles";
import { seatFacts } from "./seats";
import { signUpInvited } from "./sign-up";

const manage = memberProcedure("members.manage");
const change = manage.meta({ limits: ["member-change.user"] });
const invite = manage.meta({ limits: ["member-invite.user", "member-invite.tenant"] });

export const membersRouter = router({
  list: memberProcedure("members.read")
    .input(ListMembers)
    .query(({ ctx, input }) => listMembers(ctx.scope, input)),
  setRole: change.input(SetRole).mutation(({ ctx, input }) => setRole(ctx.scope, input)),
  remove: change.input(NameMember).mutation(({ ctx, input }) => removeMember(ctx.scope, input.userId)),
  leave: memberProcedure("tenant.read").mutation(({ ctx }) => leaveTenant(ctx.scope)),
  transfer: memberProcedure("tenant.transfer")
    .meta({ limits: ["member-change.user"] })
    .input(Transfer)
    .mutation(({ ctx, input }) => transferOwnership(ctx.scope, ctx.session, input)),

  seats: manage.query(({ ctx }) => seatFacts(ctx.scope)),
  invites: manage.input(ListInvites).query(({ ctx, input }) => listInvites(ctx.scope, input)),
  invite: invite.input(InviteMember).mutation(({ ctx, input }) => inviteMember(ctx.scope, input)),
  invitePeople: invite.input(InvitePeople).mutation(({ ctx, input }) => invitePeople(ctx.scope, input)),
  resendInvite: invite
    .input(NameInvite)
    .mutation(({ ctx, input }) => resendInvite(ctx.scope, input.inviteId)),
  copyInviteLink: change
    .input(NameInvite)
    .mutation(({ ctx, input }) => copyInviteLink(ctx.scope, input.inviteId)),
  revokeInvite: change
    .input(NameInvite)
    .mutation(({ ctx, input }) => revokeInvite(ctx.scope, input.inviteId)),

  /** What the page of a link shows. Uses nothing up; a POST keeps the secret out of addresses. */
  previewInvite: publicProcedure
    .meta({ limits: ["invite-look.ip"] })
    .input(OfLink)
    .mutation(({ input }) => previewInvite(input.token)),
  openDoor: publicProcedure
    .meta({ limits: ["invite-look.ip"] })
    .input(OfLink)
    .mutation(({ ctx, input }) => openDoor(input.token, ctx.info)),
  signUp: publicProcedure
    .meta({ limits: ["register.ip.hour", "register.ip.day", "invite-check.ip"] })
    .input(SignUp)
    .mutation(({ ctx, input }) => signUpInvited(input, ctx.info)),
  acceptInvite: verifiedProcedure
    .meta({ limits: ["invite-accept.user"] })
    .input(OfLink)
    .mutation(({ ctx, input }) => acceptInvite(ctx.session, input.token, ctx.info)),
});
