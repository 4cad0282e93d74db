// Conversations for tests, begun through the noun that begins real ones.
import { createConversation } from "../../server/chat/conversations";
import { type TenantScope, withTenant } from "../../server/platform/tenant-db";

interface ConversationTraits {
  title?: string;
  lastMessageAt?: Date;
  archivedAt?: Date;
  deletedAt?: Date;
}

/** An empty conversation of this scope's person; answers its id. */
export async function makeConversation(scope: TenantScope, traits: ConversationTraits = {}): Promise<string> {
  const { conversationId } = await createConversation(scope, {});
  const { title, lastMessageAt, ...rest } = traits;
  const data = {
    ...rest,
    ...(title === undefined ? {} : { title, titleSource: "person" as const }),
    ...(lastMessageAt === undefined ? {} : { lastMessageAt, lastReadAt: lastMessageAt }),
  };
  await withTenant(scope, (db) =>
    db.conversation.update({
      where: { tenantId_id: { tenantId: scope.tenantId, id: conversationId } },
      data,
    }),
  );
  return conversationId;
}

/** The row of a conversation, deleted or not. */
export function readConversation(scope: TenantScope, id: string) {
  return withTenant(scope, (db) =>
    db.conversation.findUniqueOrThrow({ where: { tenantId_id: { tenantId: scope.tenantId, id } } }),
  );
}
