-- What the chat reads often, and the leases that count a person's open streams.

-- Deleting a conversation cascades message by message: each looks for the runs it was the question of.
CREATE INDEX "runs_tenant_id_conversation_id_user_message_id_idx" ON "runs"("tenant_id", "conversation_id", "user_message_id");

-- The marks of a sidebar are polled; the archive is listed apart; the clean-up looks for what was deleted long ago.
CREATE INDEX conversations_unread ON conversations (tenant_id, user_id, last_message_at DESC)
  WHERE last_message_at > last_read_at AND deleted_at IS NULL;
CREATE INDEX conversations_archived ON conversations (tenant_id, user_id, last_message_at DESC, id DESC)
  WHERE archived_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX runs_active_of_person ON runs (tenant_id, user_id) WHERE status IN ('queued', 'running');

-- Leases live for seconds: they need not survive a crash, and the crash ended the streams.
CREATE UNLOGGED TABLE "stream_leases" (
    "user_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stream_leases_pkey" PRIMARY KEY ("user_id", "id")
);
ALTER TABLE stream_leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE stream_leases FORCE ROW LEVEL SECURITY;
CREATE POLICY own_streams ON stream_leases USING (user_id = app_user_id()) WITH CHECK (user_id = app_user_id());
