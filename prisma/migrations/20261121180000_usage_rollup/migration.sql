-- What was used, summed by day: pages and reports read these sums and never the single calls. They are kept by triggers in
-- the transaction that records a call, under the lock of the tenant's account, and can be made anew from the calls.

-- All calls of a run, and those of an answer with its title, are asked for by run.
CREATE INDEX usage_events_tenant_id_run_id_idx ON usage_events (tenant_id, run_id);

CREATE TABLE usage_rollup_day (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  day date NOT NULL,
  period_id uuid NOT NULL,
  user_id uuid NOT NULL,
  model text NOT NULL,
  calls bigint NOT NULL,
  messages bigint NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  cost_nano bigint NOT NULL,
  charged_nano bigint NOT NULL,
  PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX usage_rollup_day_tenant_id_day_idx ON usage_rollup_day (tenant_id, day);
CREATE INDEX usage_rollup_day_tenant_id_period_id_idx ON usage_rollup_day (tenant_id, period_id);

CREATE TABLE usage_rollup_conversation (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  day date NOT NULL,
  conversation_id uuid NOT NULL,
  user_id uuid NOT NULL,
  calls bigint NOT NULL,
  messages bigint NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  cost_nano bigint NOT NULL,
  charged_nano bigint NOT NULL,
  PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX usage_rollup_conversation_tenant_id_day_idx ON usage_rollup_conversation (tenant_id, day);

-- People whose accounts were erased share one id, so their sums may stand in several rows.
CREATE UNIQUE INDEX usage_rollup_day_key ON usage_rollup_day (tenant_id, day, period_id, user_id, model)
  WHERE user_id <> '00000000-0000-0000-0000-000000000000';
CREATE UNIQUE INDEX usage_rollup_conversation_key ON usage_rollup_conversation (tenant_id, day, conversation_id, user_id)
  WHERE user_id <> '00000000-0000-0000-0000-000000000000';

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['usage_rollup_day', 'usage_rollup_conversation'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant_isolation ON %I USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id())', t);
    EXECUTE format('CREATE POLICY usage_writer ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %I FROM parley_app, parley_platform', t);
    -- Erasing a person takes their name from the sums, erasing a workspace takes its rows along.
    EXECUTE format('GRANT UPDATE (user_id), DELETE ON %I TO parley_platform', t);
  END LOOP;
END $$;

-- Adds to the sums what one call used: the call itself once, and later corrections of its price alone.
CREATE FUNCTION usage_add(e usage_events, times int, cost bigint, charged bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  on_day date := (e.occurred_at AT TIME ZONE 'UTC')::date;
BEGIN
  INSERT INTO public.usage_rollup_day AS r (tenant_id, day, period_id, user_id, model,
      calls, messages, input_tokens, output_tokens, cost_nano, charged_nano)
    VALUES (e.tenant_id, on_day, coalesce(e.use_period_id, '00000000-0000-0000-0000-000000000000'), e.user_id, e.model,
      times, times * e.messages, times * e.input_tokens::bigint, times * e.output_tokens::bigint, cost, charged)
    ON CONFLICT (tenant_id, day, period_id, user_id, model) WHERE user_id <> '00000000-0000-0000-0000-000000000000'
    DO UPDATE SET calls = r.calls + excluded.calls, messages = r.messages + excluded.messages,
      input_tokens = r.input_tokens + excluded.input_tokens, output_tokens = r.output_tokens + excluded.output_tokens,
      cost_nano = r.cost_nano + excluded.cost_nano, charged_nano = r.charged_nano + excluded.charged_nano;
  IF e.conversation_id IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO public.usage_rollup_conversation AS r (tenant_id, day, conversation_id, user_id,
      calls, messages, input_tokens, output_tokens, cost_nano, charged_nano)
    VALUES (e.tenant_id, on_day, e.conversation_id, e.user_id,
      times, times * e.messages, times * e.input_tokens::bigint, times * e.output_tokens::bigint, cost, charged)
    ON CONFLICT (tenant_id, day, conversation_id, user_id) WHERE user_id <> '00000000-0000-0000-0000-000000000000'
    DO UPDATE SET calls = r.calls + excluded.calls, messages = r.messages + excluded.messages,
      input_tokens = r.input_tokens + excluded.input_tokens, output_tokens = r.output_tokens + excluded.output_tokens,
      cost_nano = r.cost_nano + excluded.cost_nano, charged_nano = r.charged_nano + excluded.charged_nano;
END $$;

CREATE FUNCTION usage_roll_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM usage_add(NEW, 1, coalesce(NEW.cost_nano, 0), coalesce(NEW.charged_nano, 0));
  RETURN NULL;
END $$;
CREATE TRIGGER usage_events_roll_up AFTER INSERT ON usage_events FOR EACH ROW EXECUTE FUNCTION usage_roll_up();

-- Exact numbers that come after a sweep change what was charged, not what was recorded; an answer longer than its hold is
-- recorded in full before its second entry is booked, and changes nothing here.
CREATE FUNCTION usage_roll_up_late() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  e usage_events;
  late bigint;
BEGIN
  SELECT * INTO e FROM usage_events u WHERE u.tenant_id = NEW.tenant_id AND u.id = NEW.source_ref::uuid;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  late := -(SELECT sum(l.amount_nano) FROM ledger_entries l
             WHERE l.kind IN ('usage', 'late_adjust') AND l.source_ref = NEW.source_ref AND l.tenant_id = NEW.tenant_id)
          - coalesce(e.charged_nano, 0);
  IF late <> 0 THEN
    PERFORM usage_add(e, 0, late, late);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entries_roll_up_late AFTER INSERT ON ledger_entries
  FOR EACH ROW WHEN (NEW.kind = 'late_adjust') EXECUTE FUNCTION usage_roll_up_late();

-- Every call with what it was charged in the end.
CREATE FUNCTION usage_calls(only_tenant uuid) RETURNS TABLE (tenant_id uuid, day date, period_id uuid, user_id uuid,
  model text, conversation_id uuid, messages bigint, input_tokens bigint, output_tokens bigint, cost_nano bigint, charged_nano bigint)
LANGUAGE sql STABLE AS $$
  SELECT e.tenant_id, (e.occurred_at AT TIME ZONE 'UTC')::date,
         coalesce(e.use_period_id, '00000000-0000-0000-0000-000000000000'), e.user_id, e.model, e.conversation_id,
         e.messages, e.input_tokens, e.output_tokens,
         coalesce(e.cost_nano, 0) + c.charged - coalesce(e.charged_nano, 0), c.charged
    FROM usage_events e
   CROSS JOIN LATERAL (
     SELECT CASE WHEN e.source::text <> 'checkpoint' THEN coalesce(e.charged_nano, 0)
            ELSE coalesce((SELECT -sum(l.amount_nano) FROM ledger_entries l
                            WHERE l.kind IN ('usage', 'late_adjust') AND l.source_ref = e.id::text), 0) END::bigint AS charged) c
   WHERE only_tenant IS NULL OR e.tenant_id = only_tenant
$$;

-- Makes the sums of a workspace anew. Its account is locked meanwhile, so that no call is settled beside it.
CREATE FUNCTION usage_rollup_rebuild(tenant uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM 1 FROM reserve_accounts WHERE tenant_id = tenant FOR UPDATE;
  DELETE FROM usage_rollup_day WHERE tenant_id = tenant;
  DELETE FROM usage_rollup_conversation WHERE tenant_id = tenant;
  INSERT INTO usage_rollup_day (tenant_id, day, period_id, user_id, model,
      calls, messages, input_tokens, output_tokens, cost_nano, charged_nano)
    SELECT u.tenant_id, u.day, u.period_id, u.user_id, u.model, count(*), sum(u.messages), sum(u.input_tokens),
           sum(u.output_tokens), sum(u.cost_nano), sum(u.charged_nano)
      FROM usage_calls(tenant) u GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO usage_rollup_conversation (tenant_id, day, conversation_id, user_id,
      calls, messages, input_tokens, output_tokens, cost_nano, charged_nano)
    SELECT u.tenant_id, u.day, u.conversation_id, u.user_id, count(*), sum(u.messages), sum(u.input_tokens),
           sum(u.output_tokens), sum(u.cost_nano), sum(u.charged_nano)
      FROM usage_calls(tenant) u WHERE u.conversation_id IS NOT NULL GROUP BY 1, 2, 3, 4;
END $$;

-- Sums that are not those of the calls: empty when they are right. One tenant, or all.
CREATE FUNCTION usage_rollup_faults(only_tenant uuid DEFAULT NULL) RETURNS TABLE (tenant_id uuid, fault text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH calls AS MATERIALIZED (
    SELECT * FROM usage_calls(only_tenant)
  ), sums AS (
    SELECT u.tenant_id, u.day, 'model ' || u.model AS about, u.period_id, u.user_id, 1 AS calls, u.messages, u.input_tokens,
           u.output_tokens, u.cost_nano, u.charged_nano FROM calls u
    UNION ALL
    SELECT u.tenant_id, u.day, 'conversation ' || u.conversation_id, NULL, u.user_id, 1, u.messages, u.input_tokens,
           u.output_tokens, u.cost_nano, u.charged_nano FROM calls u WHERE u.conversation_id IS NOT NULL
    UNION ALL
    SELECT r.tenant_id, r.day, 'model ' || r.model, r.period_id, r.user_id, -r.calls, -r.messages, -r.input_tokens,
           -r.output_tokens, -r.cost_nano, -r.charged_nano
      FROM usage_rollup_day r WHERE only_tenant IS NULL OR r.tenant_id = only_tenant
    UNION ALL
    SELECT r.tenant_id, r.day, 'conversation ' || r.conversation_id, NULL, r.user_id, -r.calls, -r.messages, -r.input_tokens,
           -r.output_tokens, -r.cost_nano, -r.charged_nano
      FROM usage_rollup_conversation r WHERE only_tenant IS NULL OR r.tenant_id = only_tenant
  )
  SELECT s.tenant_id, 'the use of ' || s.day || ' is not summed as it was recorded: ' || s.about
    FROM sums s GROUP BY s.tenant_id, s.day, s.about, s.period_id, s.user_id
  HAVING sum(s.calls) <> 0 OR sum(s.messages) <> 0 OR sum(s.input_tokens) <> 0 OR sum(s.output_tokens) <> 0
      OR sum(s.cost_nano) <> 0 OR sum(s.charged_nano) <> 0
$$;

REVOKE ALL ON FUNCTION usage_add(usage_events, int, bigint, bigint), usage_roll_up(), usage_roll_up_late(), usage_calls(uuid),
  usage_rollup_rebuild(uuid), usage_rollup_faults(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION usage_rollup_rebuild(uuid), usage_rollup_faults(uuid) TO parley_platform;

-- What was used before there were sums.
SELECT usage_rollup_rebuild(a.tenant_id) FROM reserve_accounts a
 WHERE EXISTS (SELECT 1 FROM usage_events u WHERE u.tenant_id = a.tenant_id);
