// Procedures of conversations, messages and runs. Everything is a person's own: reading asks for chat.read, changing and
// chatting for chat.write, deleting for chat.delete; limits of what starts runs, streams and exports stand with what they guard.

import { tracked } from "@trpc/server";
import { memberOrMachineProcedure, memberProcedure, router } from "../procedures";
import { stopRun } from "../runs/stop";
import {
  ArchiveConversation,
  ConversationId,
  CreateConversation,
  EditMessage,
  ExportConversation,
  ListConversations,
  ListMessages,
  RenameConversation,
  RepeatMessage,
  RetentionPreview,
  SearchConversations,
  SendMessage,
  SetDefaults,
  SetLeaf,
  SetModel,
  StopRun,
  WatchRun,
} from "./contract";
import {
  archiveConversation,
  deleteConversation,
  markRead,
  renameConversation,
  restoreConversation,
  setLeaf,
  setModel,
} from "./conversation-changes";
import { createConversation, getConversation, listConversations, readMarks } from "./conversations";
import { readDefaults, setDefaults } from "./defaults";
import { exportConversation } from "./export";
import { listMessages } from "./messages";
import { previewRetention } from "./retention";
import { searchConversations } from "./search";
import { continueAnswer, editMessage, regenerateAnswer, retryAnswer, sendMessage } from "./start-run";
import { watchRun } from "./streams";

const read = memberOrMachineProcedure("chat.read");
const write = memberOrMachineProcedure("chat.write");
const remove = memberOrMachineProcedure("chat.delete");

export const conversationsRouter = router({
  list: read.input(ListConversations).query(({ ctx, input }) => listConversations(ctx.scope, input)),
  marks: read.query(({ ctx }) => readMarks(ctx.scope)),
  get: read.input(ConversationId).query(({ ctx, input }) => getConversation(ctx.scope, input.conversationId)),
  search: read
    .meta({ limits: ["search.user"] })
    .input(SearchConversations)
    .query(({ ctx, input }) => searchConversations(ctx.scope, input)),
  export: read.input(ExportConversation).query(({ ctx, input }) => exportConversation(ctx.scope, input)),
  markRead: read.input(ConversationId).mutation(({ ctx, input }) => markRead(ctx.scope, input)),
  setLeaf: read.input(SetLeaf).mutation(({ ctx, input }) => setLeaf(ctx.scope, input)),
  create: write
    .meta({ limits: ["conversation-create.user"] })
    .input(CreateConversation)
    .mutation(({ ctx, input }) => createConversation(ctx.scope, input)),
  rename: write.input(RenameConversation).mutation(({ ctx, input }) => renameConversation(ctx.scope, input)),
  setModel: write.input(SetModel).mutation(({ ctx, input }) => setModel(ctx.scope, input)),
  archive: write
    .input(ArchiveConversation)
    .mutation(({ ctx, input }) => archiveConversation(ctx.scope, input)),
  delete: remove.input(ConversationId).mutation(({ ctx, input }) => deleteConversation(ctx.scope, input)),
  restore: remove.input(ConversationId).mutation(({ ctx, input }) => restoreConversation(ctx.scope, input)),
});

/** What a workspace's settings say about its chat. */
export const chatSettingsRouter = router({
  defaults: read.query(({ ctx }) => readDefaults(ctx.scope)),
  setDefaults: memberProcedure("settings.manage")
    .meta({ limits: ["tenant-settings.user"] })
    .input(SetDefaults)
    .mutation(({ ctx, input }) => setDefaults(ctx.scope, input)),
  previewRetention: memberProcedure("settings.manage")
    .input(RetentionPreview)
    .query(({ ctx, input }) => previewRetention(ctx.scope, input)),
});

export const messagesRouter = router({
  list: read.input(ListMessages).query(({ ctx, input }) => listMessages(ctx.scope, input)),
});

export const chatRouter = router({
  send: write.input(SendMessage).mutation(({ ctx, input }) => sendMessage(ctx.scope, input)),
  continue: write.input(RepeatMessage).mutation(({ ctx, input }) => continueAnswer(ctx.scope, input)),
  retry: write.input(RepeatMessage).mutation(({ ctx, input }) => retryAnswer(ctx.scope, input)),
  regenerate: write.input(RepeatMessage).mutation(({ ctx, input }) => regenerateAnswer(ctx.scope, input)),
  edit: write.input(EditMessage).mutation(({ ctx, input }) => editMessage(ctx.scope, input)),
  stop: write.input(StopRun).mutation(({ ctx, input }) => stopRun(ctx.scope, input)),
  runEvents: read
    .input(WatchRun)
    .subscription(async ({ ctx, input, signal }) =>
      watchRun(ctx.scope, input, { signal, recheck: ctx.recheck, wrap: tracked }),
    ),
});
