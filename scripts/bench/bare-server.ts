// The reference of the tenant query: node:http and pg, and by hand what such a request must do at the least: the session
// by its cookie, the membership, and the list inside a transaction bound to the tenant.

import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import pg from "pg";
import { SESSION_BY_ID } from "../../server/auth/session/rows";

const SESSION = { name: "session", text: SESSION_BY_ID };

const MEMBERSHIP = {
  name: "membership",
  text: `SELECT t.id, t.slug, t.name, m.role FROM tenant_members m JOIN tenants t ON t.id = m.tenant_id
          WHERE m.user_id = $1 AND t.slug = $2`,
};

const LIST = {
  name: "list",
  text: `SELECT c.id, c.title, c.last_preview, c.model, c.active_agent, c.message_count, c.last_message_at, c.created_at,
           c.archived_at, r.id IS NULL AND c.last_message_at > c.last_read_at AS is_unread, r.id AS run_id
      FROM conversations c LEFT JOIN runs r
        ON r.tenant_id = c.tenant_id AND r.conversation_id = c.id AND r.status IN ('queued', 'running')
     WHERE c.tenant_id = $1 AND c.user_id = $2 AND c.deleted_at IS NULL AND c.archived_at IS NULL
     ORDER BY c.last_message_at DESC, c.id DESC LIMIT 21`,
};

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });

createServer((request, response) => {
  const work = request.url === "/" ? Promise.resolve({ ready: true }) : list(request);
  work.then(
    (body) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(body));
    },
    (error: Error) => {
      response.statusCode = 500;
      response.end(error.message);
    },
  );
}).listen(Number(process.env["PORT"]), "127.0.0.1");

async function list(request: IncomingMessage): Promise<object> {
  const session = await findSession(request.headers.cookie ?? "");
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query({
      name: "bind_user",
      text: "SELECT set_config('app.user_id', $1, true)",
      values: [session.user_id],
    });
    const membership = await client.query({
      ...MEMBERSHIP,
      values: [session.user_id, request.headers["x-parley-tenant"]],
    });
    const tenantId = membership.rows[0]?.id;
    if (!tenantId) throw new Error("not a member");
    await client.query({
      name: "bind",
      text: "SELECT set_config('app.tenant_id', $1, true)",
      values: [tenantId],
    });
    const { rows } = await client.query({ ...LIST, values: [tenantId, session.user_id] });
    await client.query("COMMIT");
    return { items: rows.slice(0, 20), nextCursor: null };
  } finally {
    client.release();
  }
}

async function findSession(cookie: string): Promise<{ user_id: string }> {
  const [id = "", secret = ""] = cookie.slice(cookie.indexOf("=") + 1).split(".");
  const { rows } = await pool.query({ ...SESSION, values: [id] });
  const hash = createHash("sha256").update(secret).digest();
  if (!rows[0] || !timingSafeEqual(rows[0].secret_hash, hash)) throw new Error("no session");
  return rows[0];
}
