// One run per client message id: what was started by an id, and whether a request is the one that started it.

import { sha256 } from "../platform/crypto";
import { AppError, notFound } from "../platform/errors";
import type { RunKind } from "../platform/prisma/enums";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import type { StartedRun } from "./contract";

/** What was asked, whatever the procedure: a conversation or a message in it, and perhaps a new text. */
export interface RunRequest {
  kind: RunKind;
  clientMessageId: string;
  conversationId?: string;
  messageId?: string;
  text?: string;
  model?: string;
  agentId?: string;
}

interface KnownRun extends StartedRun {
  requestHash: Uint8Array;
  isDeleted: boolean;
}

const KNOWN_RUN = {
  name: "runs_by_client_message_id",
  text: `SELECT r.id AS "runId", r.user_message_id AS "userMessageId", r.assistant_message_id AS "assistantMessageId",
      r.request_hash AS "requestHash", c.deleted_at IS NOT NULL AS "isDeleted"
    FROM runs r JOIN conversations c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id
    WHERE r.tenant_id = $1 AND r.user_id = $2 AND r.client_message_id = $3`,
};

/**
 * The answer this request got before, or null when its id is new. Throws `conflict` when the id started another
 * request, `not_found` when the conversation is gone since.
 */
export async function findStarted(scope: TenantScope, request: RunRequest): Promise<StartedRun | null> {
  const [known] = await queryTenant<KnownRun & Record<string, unknown>>(scope, {
    ...KNOWN_RUN,
    values: [scope.tenantId, scope.userId, request.clientMessageId],
  });
  if (known === undefined) return null;
  if (!Buffer.from(known.requestHash).equals(hashOf(request))) {
    throw new AppError("conflict", "This message id has been used for another message.", {
      reason: "message_id_reused",
    });
  }
  if (known.isDeleted) throw notFound("Conversation");
  return {
    runId: known.runId,
    userMessageId: known.userMessageId,
    assistantMessageId: known.assistantMessageId,
  };
}

/** What makes two requests the same, whoever repeats them. */
export function hashOf(request: RunRequest): Uint8Array<ArrayBuffer> {
  const { kind, conversationId, messageId, text, model, agentId } = request;
  const facts = [kind, conversationId, messageId, text, model, agentId].map((fact) => fact ?? null);
  return new Uint8Array(sha256(JSON.stringify(facts)));
}
