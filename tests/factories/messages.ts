// Messages for tests: runs that ended without a model, and long threads written by one statement.
import type { StartedRun } from "../../server/chat/contract";
import { sendMessage } from "../../server/chat/start-run";
import type { MessageStatus } from "../../server/chat/terms";
import { newId } from "../../server/platform/ids";
import { queryTenant, type TenantScope, withTenant } from "../../server/platform/tenant-db";
import type { Scope } from "../../server/tenants/scope";

interface Ending {
  text?: string;
  status?: Exclude<MessageStatus, "streaming">;
}

/** Ends a run as its owner would, with this text; answers the run. */
export async function endRun(scope: TenantScope, run: StartedRun, ending: Ending = {}): Promise<StartedRun> {
  const { text = "An answer.", status = "complete" } = ending;
  const { tenantId } = scope;
  await withTenant(scope, async (db) => {
    await db.message.update({
      where: { tenantId_id: { tenantId, id: run.assistantMessageId } },
      data: { content: text, status },
    });
    const { conversationId } = await db.run.update({
      where: { tenantId_id: { tenantId, id: run.runId } },
      data: { status, finishedAt: new Date() },
    });
    await db.conversation.update({
      where: { tenantId_id: { tenantId, id: conversationId } },
      data: { lastMessageAt: new Date() },
    });
  });
  return run;
}

/** Sends a message and has it answered. */
export async function converse(
  scope: Scope,
  conversationId: string,
  text: string,
  ending: Ending = {},
): Promise<StartedRun> {
  const run = await sendMessage(scope, { conversationId, text, clientMessageId: newId() });
  return endRun(scope, run, ending);
}

/** Writes a straight thread of `count` messages whose texts `textSql` makes from their number `n`, and makes its end the leaf. */
export async function makeThread(
  scope: TenantScope,
  conversationId: string,
  { count, textSql = "'message ' || n" }: { count: number; textSql?: string },
): Promise<void> {
  await queryTenant(scope, {
    name: `make_thread_${textSql.length}_${newId()}`,
    text: `
      WITH ids AS MATERIALIZED (SELECT n, uuidv7() AS id FROM generate_series(0, $4::int - 1) n),
      rows AS (SELECT n, id, lag(id) OVER (ORDER BY n) AS parent_id FROM ids),
      written AS (
        INSERT INTO messages (tenant_id, id, conversation_id, user_id, parent_id, position, role, content, status, updated_at)
        SELECT $1, id, $3, $2, parent_id, n, (CASE WHEN n % 2 = 0 THEN 'user' ELSE 'assistant' END)::message_role,
               ${textSql}, 'complete', now() FROM rows ORDER BY n)
      UPDATE conversations SET active_leaf_id = (SELECT id FROM ids ORDER BY n DESC LIMIT 1), message_count = $4::int
       WHERE tenant_id = $1 AND id = $3`,
    values: [scope.tenantId, scope.userId, conversationId, count],
  });
}
