-- The wallet: what a workspace has, what is held for calls under way, what was spent, and the ledger that explains it.
-- Nobody writes these tables but the functions below, which run as their owner: admission, settlement and credits are each
-- one statement of the caller. Locks are taken in one order: the tenant's account, then everything else of the tenant.

CREATE TYPE low_balance_policy AS ENUM ('block', 'warn', 'limited');
CREATE TYPE period_kind AS ENUM ('use', 'cap_month', 'day');
CREATE TYPE spender AS ENUM ('tenant', 'member');
CREATE TYPE payer AS ENUM ('allowance', 'reserve');
CREATE TYPE hold_state AS ENUM ('reserved', 'dispatched', 'settled', 'released', 'expired');
CREATE TYPE ledger_kind AS ENUM ('topup', 'auto_topup', 'usage', 'adjustment', 'refund', 'dispute_hold', 'dispute_return',
  'grant', 'expiry', 'late_adjust');
CREATE TYPE adjustment_state AS ENUM ('pending', 'booked', 'rejected');

CREATE TABLE reserve_accounts (
  tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  currency char(3) NOT NULL DEFAULT 'USD',
  balance_nano bigint NOT NULL DEFAULT 0,
  held_nano bigint NOT NULL DEFAULT 0 CHECK (held_nano >= 0),
  seq bigint NOT NULL DEFAULT 0,
  low_policy low_balance_policy NOT NULL DEFAULT 'warn',
  low_threshold_nano bigint NOT NULL DEFAULT 5000000000 CHECK (low_threshold_nano >= 0),
  floor_nano bigint NOT NULL DEFAULT 0 CHECK (floor_nano <= 0),
  alarm_epoch integer NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE billing_periods (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id uuid NOT NULL,
  kind period_kind NOT NULL,
  start_at timestamptz(3) NOT NULL,
  end_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK (end_at > start_at),
  CONSTRAINT billing_periods_no_overlap EXCLUDE USING gist
    (tenant_id WITH =, kind WITH =, tstzrange(start_at, end_at) WITH &&)
);
CREATE UNIQUE INDEX billing_periods_tenant_id_kind_start_at_key ON billing_periods (tenant_id, kind, start_at);

CREATE TABLE spend_limits (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  spender spender NOT NULL,
  spender_id uuid NOT NULL,
  cap_nano bigint NOT NULL CHECK (cap_nano >= 0),
  is_hard_stop boolean NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, spender, spender_id)
);

CREATE TABLE spend_counters (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  period_id uuid NOT NULL,
  spender spender NOT NULL,
  spender_id uuid NOT NULL,
  spent_nano bigint NOT NULL DEFAULT 0,
  held_nano bigint NOT NULL DEFAULT 0 CHECK (held_nano >= 0),
  PRIMARY KEY (tenant_id, period_id, spender, spender_id)
) WITH (fillfactor = 50);

CREATE TABLE quota_counters (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  period_id uuid NOT NULL,
  meter plan_meter NOT NULL,
  used bigint NOT NULL DEFAULT 0 CHECK (used >= 0),
  held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
  PRIMARY KEY (tenant_id, period_id, meter)
) WITH (fillfactor = 50);

CREATE TABLE holds (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  request_id text NOT NULL,
  purpose text NOT NULL,
  conversation_id uuid,
  run_id uuid,
  message_id uuid,
  provider text NOT NULL,
  model text NOT NULL,
  agent text,
  payer payer NOT NULL,
  amount_nano bigint NOT NULL CHECK (amount_nano >= 0),
  messages integer NOT NULL CHECK (messages >= 0),
  input_tokens bigint NOT NULL CHECK (input_tokens >= 0),
  output_tokens bigint NOT NULL CHECK (output_tokens >= 0),
  expected_input_tokens bigint NOT NULL CHECK (expected_input_tokens >= 0),
  progress_tokens bigint NOT NULL DEFAULT 0,
  is_limited boolean NOT NULL DEFAULT false,
  state hold_state NOT NULL,
  plan_version_id uuid NOT NULL,
  rate_card_version_id uuid NOT NULL,
  use_period_id uuid NOT NULL,
  cap_period_id uuid NOT NULL,
  day_period_id uuid,
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL,
  resolved_at timestamptz(3),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX holds_tenant_id_request_id_key ON holds (tenant_id, request_id);
CREATE INDEX holds_open ON holds (expires_at) WHERE state IN ('reserved', 'dispatched');

-- Kept when a workspace goes: the books outlive it, hence no foreign key.
CREATE TABLE ledger_entries (
  tenant_id uuid NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  id uuid NOT NULL,
  kind ledger_kind NOT NULL,
  amount_nano bigint NOT NULL,
  balance_after_nano bigint NOT NULL,
  currency char(3) NOT NULL,
  source_ref text NOT NULL,
  actor_type text NOT NULL,
  actor_id text,
  reason text,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, seq),
  CONSTRAINT ledger_entries_sign CHECK (CASE
    WHEN kind IN ('topup', 'auto_topup', 'grant', 'dispute_return') THEN amount_nano > 0
    WHEN kind IN ('usage', 'refund', 'dispute_hold', 'expiry') THEN amount_nano < 0
    ELSE amount_nano <> 0 END)
);
CREATE UNIQUE INDEX ledger_entries_kind_source_ref_key ON ledger_entries (kind, source_ref);

CREATE TABLE spend_alarms (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  kind text NOT NULL,
  subject text NOT NULL,
  threshold integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, kind, subject, threshold)
);

CREATE TABLE adjustments (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id uuid NOT NULL,
  amount_nano bigint NOT NULL CHECK (amount_nano <> 0),
  reason text NOT NULL CHECK (length(reason) >= 10),
  state adjustment_state NOT NULL,
  requested_by uuid NOT NULL,
  decided_by uuid,
  created_at timestamptz(3) NOT NULL,
  decided_at timestamptz(3),
  PRIMARY KEY (tenant_id, id),
  CHECK (decided_by <> requested_by)
);

ALTER TYPE usage_source ADD VALUE 'checkpoint';
ALTER TABLE usage_events
  ADD COLUMN messages integer NOT NULL DEFAULT 0,
  ADD COLUMN payer payer,
  ADD COLUMN cost_nano bigint CHECK (cost_nano >= 0),
  ADD COLUMN charged_nano bigint CHECK (charged_nano BETWEEN 0 AND cost_nano),
  ADD COLUMN plan_version_id uuid,
  ADD COLUMN rate_card_version_id uuid,
  ADD COLUMN use_period_id uuid,
  ADD COLUMN cap_period_id uuid;
CREATE INDEX usage_events_tenant_id_user_id_occurred_at_idx ON usage_events (tenant_id, user_id, occurred_at);
CREATE INDEX usage_events_tenant_id_model_occurred_at_idx ON usage_events (tenant_id, model, occurred_at);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['reserve_accounts', 'billing_periods', 'spend_limits', 'spend_counters', 'quota_counters',
                           'holds', 'ledger_entries', 'spend_alarms', 'adjustments'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant_isolation ON %I USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id())', t);
    EXECUTE format('CREATE POLICY wallet_writer ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['reserve_accounts', 'billing_periods', 'spend_counters', 'quota_counters', 'holds',
                           'ledger_entries', 'spend_alarms'] LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %I FROM parley_app, parley_platform', t);
  END LOOP;
  -- Erasing a person takes their name from the holds, erasing a workspace takes its rows along.
  GRANT UPDATE (user_id) ON holds TO parley_platform;
  GRANT UPDATE (actor_id) ON ledger_entries TO parley_platform;
  GRANT DELETE ON reserve_accounts, billing_periods, spend_counters, quota_counters, holds, spend_alarms TO parley_platform;
  REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON adjustments FROM parley_app;
  GRANT UPDATE (low_policy, low_threshold_nano) ON reserve_accounts TO parley_app;
  GRANT UPDATE (floor_nano) ON reserve_accounts TO parley_platform;
END $$;
CREATE POLICY wallet_writer ON usage_events TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY wallet_reader ON tenant_plans FOR SELECT TO CURRENT_USER USING (true);

-- The ledger and what was used are history: only the name in them can be taken out.
CREATE FUNCTION wallet_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY['actor_id', 'user_id'] = to_jsonb(NEW) - ARRAY['actor_id', 'user_id'] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE ON ledger_entries
  FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER usage_events_unchanged BEFORE UPDATE ON usage_events
  FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();

-- Every tenant begins with an account.
CREATE FUNCTION tenant_begin_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.reserve_accounts (tenant_id) VALUES (NEW.id);
  RETURN NEW;
END $$;
CREATE TRIGGER tenants_begin_account AFTER INSERT ON tenants FOR EACH ROW EXECUTE FUNCTION tenant_begin_account();

-- Tenants that are here already get theirs, and the plan that only the owner's own rows kept from them: for these two
-- statements the owner reads and writes past its own policies.
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_plans NO FORCE ROW LEVEL SECURITY;
INSERT INTO reserve_accounts (tenant_id) SELECT id FROM tenants;
INSERT INTO tenant_plans (tenant_id, plan_id, standing, trial_ends_at, anchor_at, changed_at)
  SELECT id, 'starter', 'trialing', now() + interval '14 days', now(), now() FROM tenants ON CONFLICT DO NOTHING;
ALTER TABLE tenant_plans FORCE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;

CREATE FUNCTION wallet_require_tenant(tenant uuid) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF tenant IS DISTINCT FROM public.app_tenant_id()
     AND NOT (SELECT rolbypassrls FROM pg_roles WHERE rolname = session_user) THEN
    RAISE EXCEPTION 'wallet of another tenant';
  END IF;
END $$;

-- The period of a kind that holds an instant, made when it is first asked for. The caller has the account's lock.
CREATE FUNCTION wallet_period(tenant uuid, wanted period_kind, anchor timestamptz, at timestamptz) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  n int := CASE WHEN wanted = 'day' THEN 0 ELSE public.month_number(anchor, at) END;
  first_at timestamptz := CASE WHEN wanted = 'day' THEN date_trunc('day', at, 'UTC') ELSE public.month_from(anchor, n) END;
  last_at timestamptz := CASE WHEN wanted = 'day' THEN first_at + interval '1 day' ELSE public.month_from(anchor, n + 1) END;
  known uuid := (SELECT p.id FROM public.billing_periods p
                  WHERE p.tenant_id = tenant AND p.kind = wanted AND p.start_at <= at AND p.end_at > at);
BEGIN
  IF known IS NOT NULL THEN
    RETURN known;
  END IF;
  known := gen_random_uuid();
  INSERT INTO public.billing_periods VALUES (tenant, known, wanted, first_at, last_at);
  RETURN known;
END $$;

-- What a model costs on a version of a rate card, nano per million; a model without lines of its own has those of '*'.
CREATE FUNCTION model_prices(version uuid, model text)
RETURNS TABLE (input bigint, output bigint, cached bigint, written bigint, reasoning bigint, message bigint)
LANGUAGE sql STABLE AS $$
  SELECT max(l.price_nano_per_million) FILTER (WHERE l.unit = 'input_token'),
         max(l.price_nano_per_million) FILTER (WHERE l.unit = 'output_token'),
         max(l.price_nano_per_million) FILTER (WHERE l.unit = 'cache_read_token'),
         max(l.price_nano_per_million) FILTER (WHERE l.unit = 'cache_write_token'),
         max(l.price_nano_per_million) FILTER (WHERE l.unit = 'reasoning_token'),
         max(l.price_nano_per_million) FILTER (WHERE l.unit = 'message')
    FROM rate_lines l
   WHERE l.rate_card_version_id = version
     AND l.item = coalesce((SELECT o.item FROM rate_lines o
                             WHERE o.rate_card_version_id = version AND o.item = model LIMIT 1), '*')
$$;

-- Cost of one call: the exact sum over its lines, rounded half up once. Cached and reasoning tokens are part of input and
-- output; they have a price of their own where the card has a line for them.
CREATE FUNCTION usage_cost(version uuid, model text, usage jsonb) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT div(
    (u.input - u.cached) * p.input + u.cached * coalesce(p.cached, 0)
    + (u.output - u.reasoning) * p.output + u.reasoning * coalesce(p.reasoning, 0)
    + u.messages * coalesce(p.message, 0) + 500000, 1000000)::bigint
    FROM model_prices(version, model) p
   CROSS JOIN LATERAL (
     SELECT i.input, i.output, i.messages,
            CASE WHEN p.cached IS NULL THEN 0 ELSE least(i.cached, i.input) END AS cached,
            CASE WHEN p.reasoning IS NULL THEN 0 ELSE least(i.reasoning, i.output) END AS reasoning
       FROM (SELECT (usage ->> 'inputTokens')::numeric AS input, (usage ->> 'outputTokens')::numeric AS output,
                    coalesce((usage ->> 'cachedInputTokens')::numeric, 0) AS cached,
                    coalesce((usage ->> 'reasoningTokens')::numeric, 0) AS reasoning,
                    coalesce((usage ->> 'messages')::numeric, 0) AS messages) i) u
$$;

CREATE FUNCTION hold_answer(h holds) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('isAdmitted', true, 'holdId', h.id, 'state', h.state, 'payer', h.payer, 'model', h.model,
    'amountNano', h.amount_nano::text, 'outputTokens', h.output_tokens, 'isLimited', h.is_limited)
$$;

-- Moves what is counted of an allowance in the periods of a hold.
CREATE FUNCTION wallet_count_quota(h holds, held_sign int, used jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.quota_counters AS q (tenant_id, period_id, meter, used, held)
    SELECT h.tenant_id, p.id, m.meter, m.used, m.held
      FROM unnest(array_remove(ARRAY[h.use_period_id, h.day_period_id], NULL)) AS p(id)
     CROSS JOIN (VALUES
       ('message'::public.plan_meter, coalesce((used ->> 'messages')::bigint, 0), h.messages::bigint * held_sign),
       ('input_token', coalesce((used ->> 'inputTokens')::bigint, 0), h.input_tokens * held_sign),
       ('output_token', coalesce((used ->> 'outputTokens')::bigint, 0), h.output_tokens * held_sign)) AS m(meter, used, held)
     WHERE held_sign > 0
     ORDER BY p.id, m.meter
    ON CONFLICT (tenant_id, period_id, meter) DO UPDATE SET held = q.held + excluded.held;
  IF held_sign < 0 THEN
    UPDATE public.quota_counters q SET used = q.used + m.used, held = q.held - m.held
      FROM (VALUES
       ('message'::public.plan_meter, coalesce((used ->> 'messages')::bigint, 0), h.messages::bigint),
       ('input_token', coalesce((used ->> 'inputTokens')::bigint, 0), h.input_tokens),
       ('output_token', coalesce((used ->> 'outputTokens')::bigint, 0), h.output_tokens)) AS m(meter, used, held)
     WHERE q.tenant_id = h.tenant_id AND q.period_id IN (h.use_period_id, h.day_period_id) AND q.meter = m.meter;
  END IF;
END $$;

-- Moves what is counted against the caps of the tenant and of the member.
CREATE FUNCTION wallet_count_spend(h holds, held bigint, spent bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.spend_counters c SET held_nano = c.held_nano + held, spent_nano = c.spent_nano + spent
   WHERE c.tenant_id = h.tenant_id AND c.period_id = h.cap_period_id
     AND (c.spender, c.spender_id) IN (('tenant', h.tenant_id), ('member', h.user_id));
  IF NOT FOUND OR held > 0 THEN
    INSERT INTO public.spend_counters (tenant_id, period_id, spender, spender_id, held_nano, spent_nano)
      VALUES (h.tenant_id, h.cap_period_id, 'tenant', h.tenant_id, held, spent),
             (h.tenant_id, h.cap_period_id, 'member', h.user_id, held, spent)
      ON CONFLICT DO NOTHING;
  END IF;
END $$;

-- One entry of the ledger; the caller has the account's lock, and `account` as it stands.
CREATE FUNCTION wallet_book(INOUT account reserve_accounts, entry jsonb, amount bigint, at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
  account.seq := account.seq + 1;
  account.balance_nano := account.balance_nano + amount;
  INSERT INTO public.ledger_entries VALUES (account.tenant_id, account.seq, gen_random_uuid(),
    (entry ->> 'kind')::public.ledger_kind, amount, account.balance_nano, account.currency, entry ->> 'sourceRef',
    coalesce(entry ->> 'actorType', 'system'), entry ->> 'actorId', entry ->> 'reason', at);
END $$;

-- Says something once; whoever said it first has the mail written.
CREATE FUNCTION wallet_alarm(tenant uuid, alarm text, about text, percent int, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.spend_alarms VALUES (tenant, alarm, about, percent, at) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    PERFORM public.parley_add_job('wallet.alarm', json_build_object('tenantId', tenant, 'kind', alarm, 'subject', about,
      'threshold', percent), NULL, 10, 'wallet.alarm:' || tenant || ':' || alarm || ':' || about || ':' || percent);
  END IF;
END $$;

-- What a charge has crossed: 50, 80, 100 % of caps, the threshold of the balance, and its end.
CREATE FUNCTION wallet_alarms(h holds, old_nano bigint, account reserve_accounts, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  l record;
  epoch text := 'epoch ' || account.alarm_epoch;
BEGIN
  FOR l IN
    SELECT s.spender, s.spender_id, s.cap_nano, t.percent
      FROM public.spend_limits s
      JOIN public.spend_counters c ON c.tenant_id = s.tenant_id AND c.period_id = h.cap_period_id
       AND c.spender = s.spender AND c.spender_id = s.spender_id
     CROSS JOIN unnest(ARRAY[50, 80, 100]) AS t(percent)
     WHERE s.tenant_id = h.tenant_id AND s.cap_nano > 0 AND s.spender_id IN (h.tenant_id, h.user_id)
       AND c.spent_nano::numeric * 100 >= s.cap_nano::numeric * t.percent
     ORDER BY t.percent
  LOOP
    PERFORM public.wallet_alarm(h.tenant_id, CASE l.spender WHEN 'tenant' THEN 'cap' ELSE 'member_cap' END,
      l.spender_id || ' ' || h.cap_period_id || ' ' || l.cap_nano, l.percent, at);
  END LOOP;
  IF old_nano >= account.low_threshold_nano AND account.balance_nano < account.low_threshold_nano THEN
    PERFORM public.wallet_alarm(h.tenant_id, 'low_balance', epoch, 0, at);
  END IF;
  IF old_nano > 0 AND account.balance_nano <= 0 THEN
    PERFORM public.wallet_alarm(h.tenant_id, 'depleted', epoch, 0, at);
  END IF;
END $$;

-- Warns once per period at 80 % and 100 % of an allowance.
CREATE FUNCTION wallet_quota_alarms(h holds, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE l record;
BEGIN
  FOR l IN
    SELECT pl.meter, t.percent
      FROM public.plan_limits pl
      JOIN public.quota_counters q ON q.tenant_id = h.tenant_id AND q.period_id = h.use_period_id AND q.meter = pl.meter
     CROSS JOIN unnest(ARRAY[80, 100]) AS t(percent)
     WHERE pl.plan_version_id = h.plan_version_id AND pl.span = 'period' AND pl.hard_limit > 0
       AND q.used::numeric * 100 >= pl.hard_limit::numeric * t.percent
  LOOP
    PERFORM public.wallet_alarm(h.tenant_id, 'quota', l.meter || ' ' || h.use_period_id, l.percent, at);
  END LOOP;
END $$;

-- Admission of one call, all or nothing. `request`: holdId, requestId, userId, purpose, provider, model, agent,
-- conversationId, runId, messageId, messages, inputTokens (a bound), expectedInputTokens, outputTokens (wanted),
-- outputTokensMin (less is refused). The same request id answers with the same hold. A call is paid by one source as a
-- whole: the plan's allowance while it lasts, otherwise the reserve within caps; the output is clamped to what is affordable.
CREATE FUNCTION reserve_hold(tenant uuid, request jsonb, at timestamptz) RETURNS jsonb
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
  cap_room numeric := 'infinity';
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
    SELECT coalesce(min(s.cap_nano - coalesce(c.spent_nano, 0) - coalesce(c.held_nano, 0))::numeric, 'infinity') INTO cap_room
      FROM spend_limits s
      LEFT JOIN spend_counters c ON c.tenant_id = tenant AND c.period_id = h.cap_period_id
       AND c.spender = s.spender AND c.spender_id = s.spender_id
     WHERE s.tenant_id = tenant AND s.is_hard_stop AND s.cap_nano > 0
       AND (s.spender, s.spender_id) IN (('tenant', tenant), ('member', h.user_id));
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
        PERFORM wallet_alarm(tenant, 'cap_reached', h.cap_period_id::text, 100, at);
        RETURN jsonb_build_object('isAdmitted', false, 'reason', 'monthly_cap_reached', 'plan', p.plan_id);
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
  RETURN hold_answer(h);
END $$;

-- Committed before anything goes to the provider; false when the hold is no longer reserved.
CREATE FUNCTION mark_dispatched(tenant uuid, hold uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM wallet_require_tenant(tenant);
  UPDATE holds SET state = 'dispatched', expires_at = at + interval '2 minutes'
   WHERE tenant_id = tenant AND id = hold AND state = 'reserved';
  RETURN FOUND;
END $$;

-- How much of the answer has come; keeps the hold alive.
CREATE FUNCTION checkpoint_hold(tenant uuid, hold uuid, tokens bigint, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM wallet_require_tenant(tenant);
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE holds SET progress_tokens = greatest(progress_tokens, tokens), expires_at = at + interval '2 minutes'
   WHERE tenant_id = tenant AND id = hold AND state = 'dispatched';
  RETURN FOUND;
END $$;

-- Gives back what was held for a call that was never sent.
CREATE FUNCTION release_hold(tenant uuid, hold uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE h holds;
BEGIN
  PERFORM wallet_require_tenant(tenant);
  PERFORM 1 FROM reserve_accounts WHERE tenant_id = tenant FOR UPDATE;
  UPDATE holds SET state = 'released', resolved_at = at
   WHERE tenant_id = tenant AND id = hold AND state = 'reserved' RETURNING * INTO h;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF h.payer = 'allowance' THEN
    PERFORM wallet_count_quota(h, -1, NULL);
  ELSE
    UPDATE reserve_accounts SET held_nano = held_nano - h.amount_nano WHERE tenant_id = tenant;
    PERFORM wallet_count_spend(h, -h.amount_nano, 0);
  END IF;
  RETURN true;
END $$;

-- Settles a dispatched call, once: usage event, ledger, counters, alarms. `usage`: inputTokens, outputTokens,
-- cachedInputTokens, reasoningTokens, latencyMs, firstTokenMs, outcome, source. More than was held is charged by an entry of
-- its own. Exact numbers that come after a sweep add one entry for the difference.
CREATE FUNCTION settle_hold(tenant uuid, hold uuid, usage jsonb, at timestamptz, final hold_state DEFAULT 'settled') RETURNS jsonb
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
  usage := usage || jsonb_build_object('messages', h.messages);
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
      agent, input_tokens, output_tokens, cached_input_tokens, reasoning_tokens, latency_ms, first_token_ms, outcome, source,
      occurred_at, messages, payer, cost_nano, charged_nano, plan_version_id, rate_card_version_id, use_period_id, cap_period_id)
    VALUES (tenant, hold, h.request_id, h.user_id, h.conversation_id, h.run_id, h.message_id, h.purpose, h.provider, h.model,
      h.agent, (usage ->> 'inputTokens')::int, (usage ->> 'outputTokens')::int,
      coalesce((usage ->> 'cachedInputTokens')::int, 0), coalesce((usage ->> 'reasoningTokens')::int, 0),
      coalesce((usage ->> 'latencyMs')::int, 0), (usage ->> 'firstTokenMs')::int,
      (usage ->> 'outcome')::usage_outcome, (usage ->> 'source')::usage_source, at, h.messages, h.payer, cost, e.charged_nano,
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

-- What becomes of a hold whose process died: one that was never sent is released; one whose answer had begun is settled up
-- to its last checkpoint; one of which nothing was heard expires, and nobody is charged for it.
CREATE FUNCTION sweep_hold(tenant uuid, hold uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  h holds;
  usage jsonb := jsonb_build_object('outcome', 'aborted', 'source', 'checkpoint', 'inputTokens', 0, 'outputTokens', 0);
BEGIN
  PERFORM wallet_require_tenant(tenant);
  PERFORM 1 FROM reserve_accounts WHERE tenant_id = tenant FOR UPDATE;
  SELECT * INTO h FROM holds WHERE tenant_id = tenant AND id = hold AND expires_at < at FOR UPDATE;
  IF h.state = 'reserved' THEN
    PERFORM release_hold(tenant, hold, at);
    RETURN 'released';
  END IF;
  IF h.state IS DISTINCT FROM 'dispatched' THEN
    RETURN 'kept';
  END IF;
  IF h.progress_tokens > 0 THEN
    PERFORM settle_hold(tenant, hold, usage || jsonb_build_object('inputTokens', h.expected_input_tokens,
      'outputTokens', least(h.progress_tokens, h.output_tokens)), at);
    RETURN 'settled';
  END IF;
  PERFORM settle_hold(tenant, hold, usage, at, 'expired');
  RETURN 'expired';
END $$;

-- Money that comes or goes for another reason than use: kind, amountNano (signed), sourceRef, actorType, actorId, reason.
-- The same kind and source are booked once, whoever tells of them and how often.
CREATE FUNCTION book_reserve(tenant uuid, entry jsonb, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  a reserve_accounts;
  old_nano bigint;
  h holds;
BEGIN
  PERFORM wallet_require_tenant(tenant);
  SELECT * INTO STRICT a FROM reserve_accounts WHERE tenant_id = tenant FOR UPDATE;
  IF EXISTS (SELECT 1 FROM ledger_entries l WHERE l.kind = (entry ->> 'kind')::ledger_kind
              AND l.source_ref = entry ->> 'sourceRef' AND l.tenant_id = tenant) THEN
    RETURN false;
  END IF;
  old_nano := a.balance_nano;
  a := wallet_book(a, entry, (entry ->> 'amountNano')::bigint, at);
  IF old_nano < a.low_threshold_nano AND a.balance_nano >= a.low_threshold_nano THEN
    a.alarm_epoch := a.alarm_epoch + 1;
  END IF;
  UPDATE reserve_accounts SET balance_nano = a.balance_nano, seq = a.seq, alarm_epoch = a.alarm_epoch WHERE tenant_id = tenant;
  RETURN true;
END $$;

-- Everything that must hold, as a list of what does not: empty when the books are in order. One tenant, or all.
CREATE FUNCTION wallet_faults(only_tenant uuid DEFAULT NULL) RETURNS TABLE (tenant_id uuid, fault text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH l AS (
    SELECT e.*, lag(e.balance_after_nano, 1, 0::bigint) OVER (PARTITION BY e.tenant_id ORDER BY e.seq) AS before_nano,
           row_number() OVER (PARTITION BY e.tenant_id ORDER BY e.seq) AS place
      FROM ledger_entries e WHERE only_tenant IS NULL OR e.tenant_id = only_tenant
  ), sums AS (
    SELECT l.tenant_id, sum(l.amount_nano) AS total, max(l.seq) AS last FROM l GROUP BY l.tenant_id
  ), a AS (
    SELECT * FROM reserve_accounts r WHERE only_tenant IS NULL OR r.tenant_id = only_tenant
  ), open AS (
    SELECT h.tenant_id, sum(h.amount_nano) FILTER (WHERE h.payer = 'reserve') AS held FROM holds h
     WHERE h.state IN ('reserved', 'dispatched') AND (only_tenant IS NULL OR h.tenant_id = only_tenant) GROUP BY h.tenant_id
  ), u AS (
    SELECT * FROM usage_events e WHERE e.cost_nano IS NOT NULL AND (only_tenant IS NULL OR e.tenant_id = only_tenant)
  ), charged AS (
    SELECT l.tenant_id, l.source_ref, -sum(l.amount_nano) AS total, bool_or(l.kind = 'usage') AS has_usage FROM l
     WHERE l.kind IN ('usage', 'late_adjust') GROUP BY l.tenant_id, l.source_ref
  )
  SELECT a.tenant_id, 'balance is not the sum of the ledger' FROM a LEFT JOIN sums USING (tenant_id)
   WHERE a.balance_nano <> coalesce(sums.total, 0) OR a.seq <> coalesce(sums.last, 0)
  UNION ALL SELECT l.tenant_id, 'entry ' || l.seq || ' does not follow the one before' FROM l
   WHERE l.balance_after_nano <> l.before_nano + l.amount_nano OR l.seq <> l.place
  UNION ALL SELECT a.tenant_id, 'held is not the sum of open holds' FROM a LEFT JOIN open USING (tenant_id)
   WHERE a.held_nano <> coalesce(open.held, 0)
  UNION ALL SELECT u.tenant_id, 'use ' || u.id || ' is not charged as it was recorded' FROM u
    LEFT JOIN charged c ON c.tenant_id = u.tenant_id AND c.source_ref = u.id::text
   WHERE coalesce(c.total, 0) <> u.charged_nano AND u.source::text <> 'checkpoint'
  UNION ALL SELECT c.tenant_id, 'charge ' || c.source_ref || ' is for no recorded use' FROM charged c
   WHERE c.has_usage AND NOT EXISTS (SELECT 1 FROM u WHERE u.tenant_id = c.tenant_id AND u.id::text = c.source_ref)
     AND EXISTS (SELECT 1 FROM a WHERE a.tenant_id = c.tenant_id)
  UNION ALL SELECT u.tenant_id, 'use ' || u.id || ' costs something else by its prices' FROM u
   WHERE u.cost_nano <> usage_cost(u.rate_card_version_id, u.model, jsonb_build_object('inputTokens', u.input_tokens,
     'outputTokens', u.output_tokens, 'cachedInputTokens', u.cached_input_tokens, 'reasoningTokens', u.reasoning_tokens,
     'messages', u.messages))
  UNION ALL SELECT c.tenant_id, 'a spend counter is off' FROM spend_counters c
   CROSS JOIN LATERAL (
     SELECT coalesce(sum(h.amount_nano) FILTER (WHERE h.state IN ('reserved', 'dispatched')), 0) AS held,
            coalesce(-sum((SELECT sum(e.amount_nano) FROM ledger_entries e
              WHERE e.kind IN ('usage', 'late_adjust') AND e.source_ref = h.id::text)), 0) AS spent
       FROM holds h WHERE h.tenant_id = c.tenant_id AND h.cap_period_id = c.period_id AND h.payer = 'reserve'
        AND (c.spender = 'tenant' OR h.user_id = c.spender_id)) s
   WHERE (only_tenant IS NULL OR c.tenant_id = only_tenant) AND (c.held_nano <> s.held OR c.spent_nano <> s.spent)
  UNION ALL SELECT q.tenant_id, 'the counter of an allowance is off' FROM quota_counters q
   CROSS JOIN LATERAL (
     SELECT coalesce(sum(CASE q.meter WHEN 'message' THEN h.messages WHEN 'input_token' THEN h.input_tokens ELSE h.output_tokens END)
              FILTER (WHERE h.state IN ('reserved', 'dispatched')), 0) AS held,
            coalesce(sum(CASE q.meter WHEN 'message' THEN e.messages WHEN 'input_token' THEN e.input_tokens ELSE e.output_tokens END), 0) AS used
       FROM holds h LEFT JOIN usage_events e ON e.tenant_id = h.tenant_id AND e.id = h.id
      WHERE h.tenant_id = q.tenant_id AND h.payer = 'allowance' AND q.period_id IN (h.use_period_id, h.day_period_id)) s
   WHERE (only_tenant IS NULL OR q.tenant_id = only_tenant) AND (q.held <> s.held OR q.used <> s.used)
$$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['wallet_period(uuid, period_kind, timestamptz, timestamptz)', 'wallet_count_quota(holds, int, jsonb)',
    'wallet_count_spend(holds, bigint, bigint)', 'wallet_book(reserve_accounts, jsonb, bigint, timestamptz)',
    'wallet_alarm(uuid, text, text, int, timestamptz)', 'wallet_alarms(holds, bigint, reserve_accounts, timestamptz)',
    'wallet_quota_alarms(holds, timestamptz)', 'reserve_hold(uuid, jsonb, timestamptz)',
    'mark_dispatched(uuid, uuid, timestamptz)', 'checkpoint_hold(uuid, uuid, bigint, timestamptz)',
    'release_hold(uuid, uuid, timestamptz)', 'settle_hold(uuid, uuid, jsonb, timestamptz, hold_state)',
    'sweep_hold(uuid, uuid, timestamptz)', 'book_reserve(uuid, jsonb, timestamptz)', 'wallet_faults(uuid)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION reserve_hold(uuid, jsonb, timestamptz), mark_dispatched(uuid, uuid, timestamptz),
  checkpoint_hold(uuid, uuid, bigint, timestamptz), release_hold(uuid, uuid, timestamptz),
  settle_hold(uuid, uuid, jsonb, timestamptz, hold_state) TO parley_app, parley_platform;
GRANT EXECUTE ON FUNCTION sweep_hold(uuid, uuid, timestamptz), book_reserve(uuid, jsonb, timestamptz), wallet_faults(uuid)
  TO parley_platform;
