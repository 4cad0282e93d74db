-- What people set about money: caps with a version, requests to raise them, and thresholds that arm their alarm anew.

-- Whoever saves a cap names the version that they read.
ALTER TABLE spend_limits ADD COLUMN version integer NOT NULL DEFAULT 1;

CREATE TYPE limit_request_state AS ENUM ('pending', 'accepted', 'declined');
CREATE TABLE limit_requests (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  -- When the month of the request began: one request per person and month.
  period_start_at timestamptz(3) NOT NULL,
  extra_nano bigint NOT NULL CHECK (extra_nano > 0),
  note text,
  state limit_request_state NOT NULL,
  created_at timestamptz(3) NOT NULL,
  decided_at timestamptz(3),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX limit_requests_tenant_id_user_id_period_start_at_key
  ON limit_requests (tenant_id, user_id, period_start_at);
CREATE INDEX limit_requests_tenant_id_state_created_at_idx ON limit_requests (tenant_id, state, created_at);

ALTER TABLE limit_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE limit_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON limit_requests USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id());
REVOKE DELETE, TRUNCATE ON limit_requests FROM parley_app;

-- A threshold that is moved below the balance is a recovery: the next crossing is told again.
CREATE FUNCTION reserve_threshold_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.balance_nano < OLD.low_threshold_nano AND NEW.balance_nano >= NEW.low_threshold_nano THEN
    NEW.alarm_epoch := NEW.alarm_epoch + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reserve_accounts_threshold_moved BEFORE UPDATE OF low_threshold_nano ON reserve_accounts
  FOR EACH ROW EXECUTE FUNCTION reserve_threshold_moved();

-- Admission of one call, all or nothing. `request`: holdId, requestId, userId, purpose, provider, model, agent,
-- conversationId, runId, messageId, messages, inputTokens (a bound), expectedInputTokens, outputTokens (wanted),
-- outputTokensMin (less is refused). The same request id answers with the same hold. A call is paid by one source as a
-- whole: the plan's allowance while it lasts, otherwise the reserve within caps; the output is clamped to what is affordable.
-- `clampedBy` names what it was clamped by, `warning` a cap that does not stop and is reached with this call.
CREATE OR REPLACE FUNCTION reserve_hold(tenant uuid, request jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  a reserve_accounts;
  h holds;
  p record;
  price record;
  l record;
  cheap text[];
  input bigint := (request ->> 'inputTokens')::bigint;
  wanted bigint := (request ->> 'outputTokens')::bigint;
  least_output bigint := least((request ->> 'outputTokensMin')::bigint, (request ->> 'outputTokens')::bigint);
  allowed bigint := wanted;
  is_covered boolean := true;
  is_blocking boolean := false;
  exceeded jsonb;
  need bigint;
  cap record;
  cap_room numeric := 'infinity';
  clamped_by text;
  room numeric;
  base numeric;
  output_price numeric;
  affordable bigint;
  reason text;
BEGIN
  PERFORM wallet_require_tenant(tenant);
  -- A hold that a crash of the database forgets was never dispatched: the dispatch is what waits for the disk.
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT * INTO STRICT a FROM reserve_accounts WHERE tenant_id = tenant FOR UPDATE;
  SELECT * INTO h FROM holds WHERE tenant_id = tenant AND request_id = request ->> 'requestId';
  IF FOUND THEN
    RETURN hold_answer(h);
  END IF;

  SELECT * INTO p FROM plan_of(tenant, at);
  IF p.plan_version_id IS NULL OR p.rate_card_version_id IS NULL OR p.standing = 'suspended' THEN
    RETURN jsonb_build_object('isAdmitted', false, 'reason', 'subscription_inactive', 'plan', p.plan_id);
  END IF;
  SELECT * INTO price FROM model_prices(p.rate_card_version_id, request ->> 'model');
  IF price.input IS NULL OR price.output IS NULL THEN
    RETURN jsonb_build_object('isAdmitted', false, 'reason', 'model_unavailable', 'plan', p.plan_id);
  END IF;

  h.tenant_id := tenant;
  h.id := (request ->> 'holdId')::uuid;
  h.user_id := (request ->> 'userId')::uuid;
  h.request_id := request ->> 'requestId';
  h.purpose := request ->> 'purpose';
  h.conversation_id := (request ->> 'conversationId')::uuid;
  h.run_id := (request ->> 'runId')::uuid;
  h.message_id := (request ->> 'messageId')::uuid;
  h.provider := request ->> 'provider';
  h.model := request ->> 'model';
  h.agent := request ->> 'agent';
  h.messages := (request ->> 'messages')::int;
  h.input_tokens := input;
  h.expected_input_tokens := least((request ->> 'expectedInputTokens')::bigint, input);
  h.progress_tokens := 0;
  h.is_limited := false;
  h.state := 'reserved';
  h.plan_version_id := p.plan_version_id;
  h.rate_card_version_id := p.rate_card_version_id;
  h.use_period_id := wallet_period(tenant, 'use', p.anchor_at, at);
  h.cap_period_id := wallet_period(tenant, 'cap_month', p.anchor_at, at);
  IF EXISTS (SELECT 1 FROM plan_limits WHERE plan_version_id = p.plan_version_id AND span = 'day') THEN
    h.day_period_id := wallet_period(tenant, 'day', p.anchor_at, at);
  END IF;
  h.expires_at := at + interval '2 minutes';
  h.created_at := at;

  FOR l IN
    SELECT pl.meter, pl.span, pl.hard_limit, pl.on_exceed, coalesce(q.used, 0) AS used, coalesce(q.held, 0) AS held
      FROM plan_limits pl
      LEFT JOIN quota_counters q ON q.tenant_id = tenant AND q.meter = pl.meter
       AND q.period_id = CASE pl.span WHEN 'day' THEN h.day_period_id ELSE h.use_period_id END
     WHERE pl.plan_version_id = p.plan_version_id AND pl.hard_limit IS NOT NULL
       AND (pl.on_exceed <> 'block' OR allowances_refuse(tenant, at))
     ORDER BY pl.meter, pl.span
  LOOP
    need := CASE l.meter WHEN 'message' THEN h.messages WHEN 'input_token' THEN input ELSE least_output END;
    IF l.meter = 'output_token' THEN
      allowed := least(allowed, greatest(l.hard_limit - l.used - l.held, 0));
      is_blocking := is_blocking OR (allowed < wanted AND l.on_exceed = 'block');
    END IF;
    IF l.hard_limit - l.used - l.held < need THEN
      is_covered := false;
      is_blocking := is_blocking OR l.on_exceed = 'block';
      IF exceeded IS NULL OR l.on_exceed = 'block' AND exceeded ->> 'rule' <> 'block' THEN
        exceeded := jsonb_build_object('feature', l.meter, 'limit', l.hard_limit::text, 'usage', (l.used + l.held)::text,
          'window', l.span, 'rule', l.on_exceed);
      END IF;
    END IF;
  END LOOP;
  IF is_covered AND (allowed = wanted OR is_blocking) THEN
    h.payer := 'allowance';
  ELSIF is_blocking THEN
    RETURN exceeded - 'rule' || jsonb_build_object('isAdmitted', false, 'reason', 'usage_limit_exceeded', 'plan', p.plan_id,
      'retryAt', (SELECT b.end_at FROM billing_periods b WHERE b.tenant_id = tenant
        AND b.id = CASE exceeded ->> 'window' WHEN 'day' THEN h.day_period_id ELSE h.use_period_id END));
  END IF;

  IF h.payer IS NULL THEN
    IF a.low_policy = 'limited' AND a.balance_nano - a.held_nano < a.low_threshold_nano THEN
      SELECT v.cheap_models INTO cheap FROM rate_card_versions v WHERE v.id = p.rate_card_version_id;
      h.is_limited := true;
      wanted := greatest(least(wanted, 1024), least_output);
      IF NOT h.model = ANY (cheap) THEN
        reason := 'limited_model';
      END IF;
    END IF;
    SELECT s.spender, s.cap_nano, coalesce(c.spent_nano, 0) + coalesce(c.held_nano, 0) AS used_nano INTO cap
      FROM spend_limits s
      LEFT JOIN spend_counters c ON c.tenant_id = tenant AND c.period_id = h.cap_period_id
       AND c.spender = s.spender AND c.spender_id = s.spender_id
     WHERE s.tenant_id = tenant AND s.is_hard_stop AND s.cap_nano > 0
       AND (s.spender, s.spender_id) IN (('tenant', tenant), ('member', h.user_id))
     ORDER BY s.cap_nano - coalesce(c.spent_nano, 0) - coalesce(c.held_nano, 0), s.spender LIMIT 1;
    cap_room := coalesce(cap.cap_nano - cap.used_nano, 'infinity'::numeric);
    room := a.balance_nano - a.held_nano - CASE a.low_policy WHEN 'warn' THEN a.floor_nano ELSE 0 END;
    base := input::numeric * greatest(price.input, price.cached, price.written) + h.messages::numeric * coalesce(price.message, 0);
    output_price := greatest(price.output, price.reasoning);
    affordable := CASE
      WHEN least(room, cap_room) * 1000000 < base THEN -1
      WHEN base + wanted * output_price <= least(room, cap_room) * 1000000 THEN wanted
      ELSE least(wanted, div(least(room, cap_room) * 1000000 - base, output_price)) END;
    IF reason IS NULL AND affordable >= least_output AND (affordable >= allowed OR NOT is_covered) THEN
      h.payer := 'reserve';
      h.output_tokens := affordable;
      h.amount_nano := ceil((base + affordable * output_price) / 1000000);
    ELSIF is_covered THEN
      h.payer := 'allowance';
      h.is_limited := false;
    ELSE
      IF reason = 'limited_model' THEN
        RETURN jsonb_build_object('isAdmitted', false, 'reason', 'reserve_insufficient', 'plan', p.plan_id, 'cheapModels', cheap);
      END IF;
      IF cap_room * 1000000 < base + least_output * output_price THEN
        PERFORM wallet_alarm(tenant, CASE cap.spender WHEN 'tenant' THEN 'cap_reached' ELSE 'member_cap_reached' END,
          CASE cap.spender WHEN 'tenant' THEN tenant ELSE h.user_id END || ' ' || h.cap_period_id || ' ' || cap.cap_nano, 100, at);
        RETURN jsonb_build_object('isAdmitted', false, 'reason', 'monthly_cap_reached', 'plan', p.plan_id,
          'feature', CASE cap.spender WHEN 'tenant' THEN 'monthly_spend' ELSE 'member_monthly_spend' END,
          'limit', cap.cap_nano::text, 'usage', cap.used_nano::text, 'window', 'month',
          'retryAt', (SELECT b.end_at FROM billing_periods b WHERE b.tenant_id = tenant AND b.id = h.cap_period_id));
      END IF;
      RETURN jsonb_build_object('isAdmitted', false, 'reason', 'reserve_insufficient', 'plan', p.plan_id);
    END IF;
  END IF;

  IF h.payer = 'allowance' THEN
    h.output_tokens := allowed;
    h.amount_nano := 0;
    PERFORM wallet_count_quota(h, 1, NULL);
  ELSE
    PERFORM wallet_count_spend(h, h.amount_nano, 0);
    UPDATE reserve_accounts SET held_nano = held_nano + h.amount_nano
     WHERE tenant_id = tenant AND balance_nano - held_nano - h.amount_nano >= least(floor_nano, 0);
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the reserve does not cover the hold';
    END IF;
  END IF;
  INSERT INTO holds VALUES (h.*);
  clamped_by := CASE
    WHEN h.output_tokens >= (request ->> 'outputTokens')::bigint THEN NULL
    WHEN h.payer = 'allowance' THEN 'usage_limit_exceeded'
    WHEN cap_room < room THEN 'monthly_cap_reached'
    ELSE 'reserve_insufficient' END;
  RETURN hold_answer(h) || jsonb_build_object('clampedBy', clamped_by, 'warning', CASE
    WHEN h.payer = 'reserve' AND EXISTS (
      SELECT 1 FROM spend_limits s
        JOIN spend_counters c ON c.tenant_id = tenant AND c.period_id = h.cap_period_id
         AND c.spender = s.spender AND c.spender_id = s.spender_id
       WHERE s.tenant_id = tenant AND NOT s.is_hard_stop AND s.cap_nano > 0
         AND (s.spender, s.spender_id) IN (('tenant', tenant), ('member', h.user_id))
         AND c.spent_nano + c.held_nano >= s.cap_nano) THEN 'monthly_cap_reached' END);
END $$;

-- Settles a dispatched call, once: usage event, ledger, counters, alarms. `usage`: inputTokens, outputTokens,
-- cachedInputTokens, reasoningTokens, latencyMs, firstTokenMs, outcome, source. More than was held is charged by an entry of
-- its own; one that failed or was given up before its first word is no message of the allowance. Exact numbers that come after a sweep add one entry for the difference.
CREATE OR REPLACE FUNCTION settle_hold(tenant uuid, hold uuid, usage jsonb, at timestamptz, final hold_state DEFAULT 'settled') RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  a reserve_accounts;
  h holds;
  e usage_events;
  cost bigint;
  old_nano bigint;
  ref text := hold::text;
BEGIN
  PERFORM wallet_require_tenant(tenant);
  SELECT * INTO STRICT a FROM reserve_accounts WHERE tenant_id = tenant FOR UPDATE;
  SELECT * INTO h FROM holds WHERE tenant_id = tenant AND id = hold FOR UPDATE;
  IF NOT FOUND OR h.state IN ('reserved', 'released') THEN
    RETURN jsonb_build_object('isSettled', false, 'state', h.state);
  END IF;
  usage := usage || jsonb_build_object('messages', CASE
    WHEN usage ->> 'outcome' <> 'ok' AND (usage ->> 'outputTokens')::bigint = 0 THEN 0 ELSE h.messages END);
  cost := usage_cost(h.rate_card_version_id, h.model, usage);
  old_nano := a.balance_nano;
  IF h.state IN ('settled', 'expired') THEN
    SELECT * INTO e FROM usage_events WHERE tenant_id = tenant AND id = hold;
    IF e.source = 'checkpoint' AND usage ->> 'source' = 'provider_final' AND h.payer = 'reserve' AND cost <> e.cost_nano
       AND NOT EXISTS (SELECT 1 FROM ledger_entries WHERE kind = 'late_adjust' AND source_ref = ref) THEN
      a := wallet_book(a, jsonb_build_object('kind', 'late_adjust', 'sourceRef', ref), e.cost_nano - cost, at);
      UPDATE reserve_accounts SET balance_nano = a.balance_nano, seq = a.seq WHERE tenant_id = tenant;
      PERFORM wallet_count_spend(h, 0, cost - e.cost_nano);
      PERFORM wallet_alarms(h, old_nano, a, at);
    END IF;
    RETURN jsonb_build_object('isSettled', true, 'isRepeated', true, 'costNano', e.cost_nano::text, 'chargedNano', e.charged_nano::text);
  END IF;

  UPDATE holds SET state = final, resolved_at = at WHERE tenant_id = tenant AND id = hold;
  e.charged_nano := CASE h.payer WHEN 'reserve' THEN cost ELSE 0 END;
  INSERT INTO usage_events (tenant_id, id, request_key, user_id, conversation_id, run_id, message_id, purpose, provider, model,
      agent, input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens, latency_ms, first_token_ms, outcome, source,
      occurred_at, messages, payer, cost_nano, charged_nano, plan_version_id, rate_card_version_id, use_period_id, cap_period_id)
    VALUES (tenant, hold, h.request_id, h.user_id, h.conversation_id, h.run_id, h.message_id, h.purpose, h.provider, h.model,
      h.agent, (usage ->> 'inputTokens')::int, (usage ->> 'outputTokens')::int,
      coalesce((usage ->> 'cachedInputTokens')::int, 0), coalesce((usage ->> 'cacheWriteTokens')::int, 0),
      coalesce((usage ->> 'reasoningTokens')::int, 0),
      coalesce((usage ->> 'latencyMs')::int, 0), (usage ->> 'firstTokenMs')::int,
      (usage ->> 'outcome')::usage_outcome, (usage ->> 'source')::usage_source, at, (usage ->> 'messages')::int, h.payer, cost, e.charged_nano,
      h.plan_version_id, h.rate_card_version_id, h.use_period_id, h.cap_period_id);
  IF h.payer = 'allowance' THEN
    PERFORM wallet_count_quota(h, -1, usage);
    PERFORM wallet_quota_alarms(h, at);
  ELSE
    IF cost > 0 AND h.amount_nano > 0 THEN
      a := wallet_book(a, jsonb_build_object('kind', 'usage', 'sourceRef', ref), -least(cost, h.amount_nano), at);
    END IF;
    IF cost > h.amount_nano THEN
      a := wallet_book(a, jsonb_build_object('kind', 'late_adjust', 'sourceRef', ref), h.amount_nano - cost, at);
      PERFORM wallet_alarm(tenant, 'overshoot', ref, 0, at);
    END IF;
    UPDATE reserve_accounts SET balance_nano = a.balance_nano, seq = a.seq, held_nano = held_nano - h.amount_nano
     WHERE tenant_id = tenant;
    PERFORM wallet_count_spend(h, -h.amount_nano, cost);
    PERFORM wallet_alarms(h, old_nano, a, at);
  END IF;
  RETURN jsonb_build_object('isSettled', true, 'isRepeated', false, 'costNano', cost::text, 'chargedNano', e.charged_nano::text);
END $$;
