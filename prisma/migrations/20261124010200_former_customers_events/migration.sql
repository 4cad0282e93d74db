-- What is still told of a customer that was replaced is its workspace's from the beginning. Events that are here already
-- are named by the hourly reconciler.
CREATE OR REPLACE FUNCTION stripe_store_event(event jsonb, raw bytea, routes jsonb, at timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  owner uuid := coalesce((SELECT tenant_id FROM billing_profiles WHERE stripe_customer_id = event ->> 'customerId'),
    (SELECT tenant_id FROM stripe_former_customers WHERE customer_id = event ->> 'customerId'));
  refusal text;
  is_new boolean;
  route jsonb;
  wanted bigint;
BEGIN
  INSERT INTO stripe_events AS e (event_id, type, api_version, is_live, object_id, object_type, customer_id, tenant_id,
      created_at, received_at, raw_body, payload, delivery_count, source)
    VALUES (event ->> 'id', event ->> 'type', event ->> 'apiVersion', (event ->> 'isLive')::boolean, event ->> 'objectId',
      event ->> 'objectType', event ->> 'customerId', owner, (event ->> 'createdAt')::timestamptz, at, raw,
      event -> 'payload', (event ->> 'source' = 'webhook')::integer, event ->> 'source')
    ON CONFLICT (event_id) DO UPDATE SET delivery_count = e.delivery_count + excluded.delivery_count
    RETURNING e.xmax = 0 INTO is_new;
  IF NOT is_new THEN
    RETURN 'repeated';
  END IF;
  IF owner IS NOT NULL AND event ->> 'namedTenant' <> owner::text THEN
    refusal := 'The metadata names another workspace than the one whose customer this is.';
  END IF;
  -- In one order, so that events that share objects do not wait for each other in a circle.
  FOR route IN SELECT r FROM jsonb_array_elements(routes) AS r ORDER BY r ->> 'objectId' LOOP
    wanted := NULL;
    IF refusal IS NULL AND route ->> 'objectId' IS NOT NULL THEN
      INSERT INTO stripe_object_syncs AS s (object_id, object_type, customer_id, next_at)
        VALUES (route ->> 'objectId', route ->> 'objectType', event ->> 'customerId', at)
        ON CONFLICT (object_id) DO UPDATE SET wanted_seq = s.wanted_seq + 1, next_at = at, attempts = 0,
          customer_id = coalesce(s.customer_id, excluded.customer_id)
        RETURNING s.wanted_seq INTO wanted;
    END IF;
    INSERT INTO stripe_event_dispatches (event_id, handler, id, status, next_at, last_error, received_at, object_id,
        wanted_seq)
      VALUES (event ->> 'id', route ->> 'handler', (route ->> 'id')::uuid,
        CASE WHEN refusal IS NULL THEN 'pending' ELSE 'failed' END::dispatch_status,
        CASE WHEN refusal IS NULL AND route ->> 'objectId' IS NULL THEN at END, refusal, at, route ->> 'objectId', wanted);
  END LOOP;
  IF routes = '[]' THEN
    INSERT INTO stripe_event_dispatches (event_id, handler, id, status, done_at, received_at)
      VALUES (event ->> 'id', 'none', gen_random_uuid(), 'ignored', at, at);
  END IF;
  RETURN CASE WHEN refusal IS NULL THEN 'stored' ELSE 'contradictory' END;
END $$;
