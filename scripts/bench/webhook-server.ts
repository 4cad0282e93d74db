// The reference of the intake: node:http and pg, and by hand what a delivery of Stripe must do at the least: the signature
// over the bytes, the JSON, and the rows of the event, its objects and its dispatches in one statement.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import pg from "pg";

const STORE = {
  name: "store",
  text: `
    WITH event AS (
      INSERT INTO stripe_events (event_id, type, api_version, is_live, object_id, object_type, customer_id, created_at,
          received_at, raw_body, payload, source)
        VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8), now(), $9, $10, 'webhook')
        ON CONFLICT (event_id) DO UPDATE SET delivery_count = stripe_events.delivery_count + 1
    ), wanted AS (
      INSERT INTO stripe_object_syncs (object_id, object_type, customer_id, next_at)
        VALUES ($7, 'customer', $7, now()), ($5, 'subscription', $7, now())
        ON CONFLICT (object_id) DO UPDATE SET wanted_seq = stripe_object_syncs.wanted_seq + 1, next_at = now()
        RETURNING object_id, object_type, wanted_seq
    )
    INSERT INTO stripe_event_dispatches (event_id, handler, id, status, received_at, object_id, wanted_seq)
      SELECT $1, object_type, gen_random_uuid(), 'pending', now(), object_id, wanted_seq FROM wanted`,
};

const pool = new pg.Pool({ connectionString: process.env["DATABASE_PLATFORM_URL"], max: 5 });
const secret = process.env["STRIPE_WEBHOOK_SECRET"] ?? "";

createServer((request, response) => {
  const work = request.method === "POST" ? take(request) : Promise.resolve();
  work.then(
    () => response.writeHead(202).end(),
    (error: Error) => response.writeHead(400).end(error.message),
  );
}).listen(Number(process.env["PORT"]), "127.0.0.1");

async function take(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  assertSigned(body, String(request.headers["stripe-signature"]));
  const event = JSON.parse(body.toString());
  const { id, object, customer } = event.data.object;
  const about = [event.id, event.type, event.api_version, event.livemode, id, object, customer];
  await pool.query({ ...STORE, values: [...about, event.created, body, JSON.stringify(event)] });
}

function assertSigned(body: Buffer, header: string): void {
  const [, at = "", given = ""] = /^t=(\d+),v1=([0-9a-f]{64})/.exec(header) ?? [];
  const expected = createHmac("sha256", secret).update(`${at}.`).update(body).digest();
  const isOurs = given !== "" && timingSafeEqual(Buffer.from(given, "hex"), expected);
  if (!isOurs || Date.now() / 1_000 - Number(at) > 300) throw new Error("not signed");
}
