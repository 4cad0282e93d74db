-- Taking in Stripe's events: an event and all that it leads to are stored by one statement.

ALTER TABLE stripe_event_dispatches
  ADD COLUMN received_at timestamptz(3),
  -- Of events of state: the object, and which of its wishes this one is. It is done once the object is synced beyond it.
  ADD COLUMN object_id text,
  ADD COLUMN wanted_seq bigint;
UPDATE stripe_event_dispatches d SET received_at = e.received_at FROM stripe_events e WHERE e.event_id = d.event_id;
ALTER TABLE stripe_event_dispatches ALTER COLUMN received_at SET NOT NULL;
CREATE INDEX stripe_event_dispatches_status_received_at_idx
  ON stripe_event_dispatches (status, received_at DESC, event_id DESC);
CREATE INDEX stripe_event_dispatches_waiting ON stripe_event_dispatches (object_id, wanted_seq)
  WHERE status IN ('pending', 'failed', 'dead');
CREATE INDEX stripe_events_ownerless ON stripe_events (customer_id) WHERE tenant_id IS NULL AND customer_id IS NOT NULL;
-- Null once it was given up; the next event of the object takes it up again.
ALTER TABLE stripe_object_syncs ALTER COLUMN next_at DROP NOT NULL;

-- Stores an event with its dispatches, or counts it when it was here before. Whose it is, is said by the customer alone; an
-- event whose metadata names another workspace is kept, and handled by nobody. `routes` is a list of
-- {id, handler, objectId, objectType}; the latter two are null for money.
CREATE FUNCTION stripe_store_event(event jsonb, raw bytea, routes jsonb, at timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  owner uuid := (SELECT tenant_id FROM billing_profiles WHERE stripe_customer_id = event ->> 'customerId');
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
REVOKE ALL ON FUNCTION stripe_store_event(jsonb, bytea, jsonb, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stripe_store_event(jsonb, bytea, jsonb, timestamptz) TO parley_platform;
