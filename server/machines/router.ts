// Procedures of machine accounts. A token is issued to a person at a browser or to whoever signs through Vault: the same
// procedure, with one proof or the other. Refreshing asks for the refresh token alone.

import type { SessionState } from "../auth/sessions";
import { requireVerified } from "../context";
import { machineProcedure, publicProcedure, router, verifiedProcedure } from "../procedures";
import type { RequestInfo } from "../request";
import { createAccount, listAccounts, setAccountDisabled } from "./accounts";
import {
  CreateAccount,
  IssueSigned,
  IssueToken,
  IssueTokenAnyWay,
  ListTokens,
  RefreshToken,
  RevokeToken,
  SetAccountDisabled,
} from "./contract";
import { describeMachine, presentedRefreshToken } from "./identity";
import { issueAtBrowser, issuePastedSignature, prepareSigned } from "./issuing";
import { listTokens, revokeOwnToken } from "./token-list";
import { refreshToken } from "./tokens";
import { issueSigned } from "./vault";

const COUNTED = { limits: ["machine-manage.user" as const] };

const personOf = ({ session, info }: { session: SessionState; info: RequestInfo }) => ({
  session,
  request: info,
});

export const serviceAccountsRouter = router({
  issue: publicProcedure
    .meta({ limits: ["machine-issue.ip"] })
    .input(IssueTokenAnyWay)
    .mutation(({ ctx, input }) => {
      if (ctx.signedCall !== null) return issueSigned(ctx.signedCall, { repeated: input }, ctx.info);
      const person = { session: requireVerified(ctx.session), request: ctx.info };
      return issueAtBrowser(person, IssueToken.parse(input));
    }),
  refresh: publicProcedure
    .meta({ limits: ["machine-refresh.ip"] })
    .input(RefreshToken)
    .mutation(({ ctx, input }) => refreshToken(presentedRefreshToken(input, ctx.authorization), ctx.info)),
  whoami: machineProcedure.query(({ ctx }) => describeMachine(ctx.machine)),
  prepare: verifiedProcedure
    .meta(COUNTED)
    .input(IssueToken)
    .mutation(({ ctx, input }) => prepareSigned(personOf(ctx), input)),
  issueSigned: verifiedProcedure
    .meta(COUNTED)
    .input(IssueSigned)
    .mutation(({ ctx, input }) => issuePastedSignature(personOf(ctx), input)),
  tokens: verifiedProcedure.input(ListTokens).query(({ ctx, input }) => listTokens(personOf(ctx), input)),
  revoke: verifiedProcedure
    .meta(COUNTED)
    .input(RevokeToken)
    .mutation(({ ctx, input }) => revokeOwnToken(personOf(ctx), input)),
  accounts: verifiedProcedure.query(({ ctx }) => listAccounts(ctx.session.userId)),
  createAccount: verifiedProcedure
    .meta(COUNTED)
    .input(CreateAccount)
    .mutation(({ ctx, input }) => createAccount(personOf(ctx), input)),
  setAccountDisabled: verifiedProcedure
    .meta(COUNTED)
    .input(SetAccountDisabled)
    .mutation(({ ctx, input }) => setAccountDisabled(personOf(ctx), input)),
});
