-- Asking whether a call is affordable writes nothing and waits for nobody: it was a hold that was undone, which left dead
-- rows behind and queued with the workspace's calls. What decides is now a function of its own, for both.

-- When the period of this kind ends that holds this instant, whether or not anything has begun it.
CREATE FUNCTION wallet_period_end(tenant uuid, wanted period_kind, anchor timestamptz, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT coalesce(
    (SELECT p.end_at FROM billing_periods p
      WHERE p.tenant_id = tenant AND p.kind = wanted AND p.start_at <= at AND p.end_at > at),
    CASE wanted WHEN 'day' THEN date_trunc('day', at, 'UTC') + interval '1 day'
      ELSE month_from(anchor, month_number(anchor, at) + 1) END)
$$;

-- The period of this kind that holds this instant; begun if need be, unless it is only asked about: then it may be null.
CREATE FUNCTION wallet_period_for(tenant uuid, wanted period_kind, anchor timestamptz, at timestamptz, is_probe boolean)
RETURNS uuid LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF is_probe THEN
    RETURN (SELECT p.id FROM billing_periods p
             WHERE p.tenant_id = tenant AND p.kind = wanted AND p.start_at <= at AND p.end_at > at);
  END IF;
  RETURN wallet_period(tenant, wanted, anchor, at);
END $$;
REVOKE ALL ON FUNCTION wallet_period_end(uuid, period_kind, timestamptz, timestamptz),
  wallet_period_for(uuid, period_kind, timestamptz, timestamptz, boolean) FROM PUBLIC;

-- What a call would be answered by this account at this instant. `request` as for `reserve_hold`. Admitted: the hold as it
-- is to be written, and the answer with `clampedBy` and `warning`; refused: the answer says why, the hold means nothing. A
-- probe begins no period: nothing has been used in one that nobody has begun.
CREATE FUNCTION wallet_decide(a reserve_accounts, request jsonb, at timestamptz, is_probe boolean, OUT h holds, OUT answer jsonb)
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  tenant uuid := a.tenant_id;
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
  SELECT * INTO p FROM plan_of(tenant, at);
  IF p.plan_version_id IS NULL OR p.rate_card_version_id IS NULL OR p.standing = 'suspended' THEN
    answer := jsonb_build_object('isAdmitted', false, 'reason', 'subscription_inactive', 'plan', p.plan_id);
    RETURN;
  END IF;
  SELECT * INTO price FROM model_prices(p.rate_card_version_id, request ->> 'model');
  IF price.input IS NULL OR price.output IS NULL THEN
    answer := jsonb_build_object('isAdmitted', false, 'reason', 'model_unavailable', 'plan', p.plan_id);
    RETURN;
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
  h.use_period_id := wallet_period_for(tenant, 'use', p.anchor_at, at, is_probe);
  h.cap_period_id := wallet_period_for(tenant, 'cap_month', p.anchor_at, at, is_probe);
  IF EXISTS (SELECT 1 FROM plan_limits WHERE plan_version_id = p.plan_version_id AND span = 'day') THEN
    h.day_period_id := wallet_period_for(tenant, 'day', p.anchor_at, at, is_probe);
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
    need := CASE l.meter WHEN 'message' THEN wallet_messages_asked(h) WHEN 'input_token' THEN input ELSE least_output END;
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
    answer := exceeded - 'rule' || jsonb_build_object('isAdmitted', false, 'reason', 'usage_limit_exceeded', 'plan', p.plan_id,
      'retryAt', wallet_period_end(tenant, CASE exceeded ->> 'window' WHEN 'day' THEN 'day' ELSE 'use' END::period_kind,
        p.anchor_at, at));
    RETURN;
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
        answer := jsonb_build_object('isAdmitted', false, 'reason', 'reserve_insufficient', 'plan', p.plan_id, 'cheapModels', cheap);
        RETURN;
      END IF;
      IF cap_room * 1000000 < base + least_output * output_price THEN
        IF h.cap_period_id IS NOT NULL THEN
          PERFORM wallet_alarm(tenant, CASE cap.spender WHEN 'tenant' THEN 'cap_reached' ELSE 'member_cap_reached' END,
            CASE cap.spender WHEN 'tenant' THEN tenant ELSE h.user_id END || ' ' || h.cap_period_id || ' ' || cap.cap_nano, 100, at);
        END IF;
        answer := jsonb_build_object('isAdmitted', false, 'reason', 'monthly_cap_reached', 'plan', p.plan_id,
          'feature', CASE cap.spender WHEN 'tenant' THEN 'monthly_spend' ELSE 'member_monthly_spend' END,
          'limit', cap.cap_nano::text, 'usage', cap.used_nano::text, 'window', 'month',
          'retryAt', wallet_period_end(tenant, 'cap_month', p.anchor_at, at));
        RETURN;
      END IF;
      answer := jsonb_build_object('isAdmitted', false, 'reason', 'reserve_insufficient', 'plan', p.plan_id);
      RETURN;
    END IF;
  END IF;

  IF h.payer = 'allowance' THEN
    h.output_tokens := allowed;
    h.amount_nano := 0;
  END IF;
  clamped_by := CASE
    WHEN h.output_tokens >= (request ->> 'outputTokens')::bigint THEN NULL
    WHEN h.payer = 'allowance' THEN 'usage_limit_exceeded'
    WHEN cap_room < room THEN 'monthly_cap_reached'
    ELSE 'reserve_insufficient' END;
  answer := hold_answer(h) || jsonb_build_object('clampedBy', clamped_by, 'warning', CASE
    WHEN h.payer = 'reserve' AND EXISTS (
      SELECT 1 FROM spend_limits s
        LEFT JOIN spend_counters c ON c.tenant_id = tenant AND c.period_id = h.cap_period_id
         AND c.spender = s.spender AND c.spender_id = s.spender_id
       WHERE s.tenant_id = tenant AND NOT s.is_hard_stop AND s.cap_nano > 0
         AND (s.spender, s.spender_id) IN (('tenant', tenant), ('member', h.user_id))
         AND coalesce(c.spent_nano, 0) + coalesce(c.held_nano, 0) + h.amount_nano >= s.cap_nano)
      THEN 'monthly_cap_reached' END);
END $$;
REVOKE ALL ON FUNCTION wallet_decide(reserve_accounts, jsonb, timestamptz, boolean) FROM PUBLIC;

-- As before: admission of one call, all or nothing. The same request id answers with the same hold.
CREATE OR REPLACE FUNCTION reserve_hold(tenant uuid, request jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  a reserve_accounts;
  h holds;
  decided record;
BEGIN
  PERFORM wallet_require_tenant(tenant);
  -- A hold that a crash of the database forgets was never dispatched: the dispatch is what waits for the disk.
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT * INTO STRICT a FROM reserve_accounts WHERE tenant_id = tenant FOR UPDATE;
  SELECT * INTO h FROM holds WHERE tenant_id = tenant AND request_id = request ->> 'requestId';
  IF FOUND THEN
    RETURN hold_answer(h);
  END IF;
  SELECT * INTO decided FROM wallet_decide(a, request, at, false);
  IF NOT (decided.answer ->> 'isAdmitted')::boolean THEN
    RETURN decided.answer;
  END IF;
  h := decided.h;
  IF h.payer = 'allowance' THEN
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
  RETURN decided.answer;
END $$;

-- What `reserve_hold` would answer now. A refusal raises its alarm, as there.
CREATE OR REPLACE FUNCTION probe_hold(tenant uuid, request jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  a reserve_accounts;
BEGIN
  PERFORM wallet_require_tenant(tenant);
  SELECT * INTO STRICT a FROM reserve_accounts WHERE tenant_id = tenant;
  RETURN (SELECT d.answer FROM wallet_decide(a, request, at, true) d);
END $$;
