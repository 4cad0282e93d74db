-- Stripe: who a workspace is there, what was told of it, what was asked of it, and what of that came to be. Requests of a
-- workspace read their own rows; every row is written by the platform role, since what Stripe says is nobody's to say.

CREATE TYPE billing_status AS ENUM ('active', 'delinquent', 'suspended');
CREATE TABLE billing_profiles (
  tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  -- Null until the customer is made.
  stripe_customer_id text UNIQUE,
  currency char(3) NOT NULL DEFAULT 'USD',
  email text,
  status billing_status NOT NULL DEFAULT 'active',
  -- The default payment method as people know it.
  payment_method_id text,
  payment_method_label text,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);

CREATE TYPE subscription_status AS ENUM ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid',
  'paused', 'canceled');
CREATE TABLE subscriptions (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id uuid NOT NULL,
  stripe_subscription_id text NOT NULL UNIQUE,
  stripe_item_id text NOT NULL,
  status subscription_status NOT NULL,
  plan_version_id uuid NOT NULL REFERENCES plan_versions (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  billing_interval text NOT NULL CHECK (billing_interval IN ('month', 'year')),
  seats_billed integer NOT NULL CHECK (seats_billed >= 0),
  anchor_at timestamptz(3) NOT NULL,
  period_start_at timestamptz(3) NOT NULL,
  period_end_at timestamptz(3) NOT NULL,
  is_cancelling boolean NOT NULL DEFAULT false,
  cancel_at timestamptz(3),
  trial_ends_at timestamptz(3),
  past_due_since timestamptz(3),
  grace_ends_at timestamptz(3),
  snapshot jsonb NOT NULL,
  -- The fence under which this state was fetched: an older fetch never overwrites a newer one.
  applied_fence bigint NOT NULL,
  fetched_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK (period_end_at > period_start_at)
);
CREATE UNIQUE INDEX subscriptions_one_live ON subscriptions (tenant_id)
  WHERE status NOT IN ('canceled', 'incomplete_expired');

-- What was given for nothing is given once; the fingerprint is that of the card behind it.
CREATE TABLE trial_uses (
  tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  plan_id text NOT NULL REFERENCES plans (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  started_at timestamptz(3) NOT NULL,
  payment_fingerprint text UNIQUE
);

CREATE TABLE invoices (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  stripe_invoice_id text NOT NULL,
  number text,
  status text NOT NULL,
  currency char(3) NOT NULL,
  total_nano bigint NOT NULL,
  due_nano bigint NOT NULL,
  paid_nano bigint NOT NULL,
  tax_nano bigint NOT NULL DEFAULT 0,
  period_start_at timestamptz(3),
  period_end_at timestamptz(3),
  hosted_url text,
  pdf_url text,
  applied_fence bigint NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, stripe_invoice_id)
);
CREATE INDEX invoices_tenant_id_created_at_idx ON invoices (tenant_id, created_at DESC, stripe_invoice_id DESC);

-- Every event that bears a valid signature, of whatever type, and never changed; what becomes of it stands in its
-- dispatches. Without a foreign key: it is stored before it is known whose it is, and outlives the workspace.
CREATE TABLE stripe_events (
  event_id text PRIMARY KEY,
  type text NOT NULL,
  api_version text,
  is_live boolean NOT NULL,
  object_id text,
  object_type text,
  customer_id text,
  tenant_id uuid,
  created_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL,
  raw_body bytea NOT NULL,
  payload jsonb NOT NULL,
  delivery_count integer NOT NULL DEFAULT 1,
  source text NOT NULL CHECK (source IN ('webhook', 'reconciler', 'operator'))
);
CREATE INDEX stripe_events_tenant_id_received_at_idx ON stripe_events (tenant_id, received_at DESC, event_id DESC);
CREATE INDEX stripe_events_received_at_idx ON stripe_events (received_at DESC, event_id DESC);
CREATE INDEX stripe_events_type_received_at_idx ON stripe_events (type, received_at DESC, event_id DESC);

CREATE TYPE dispatch_status AS ENUM ('pending', 'running', 'done', 'ignored', 'failed', 'dead');
CREATE TABLE stripe_event_dispatches (
  event_id text NOT NULL REFERENCES stripe_events (event_id) ON DELETE CASCADE ON UPDATE CASCADE,
  handler text NOT NULL,
  id uuid NOT NULL UNIQUE,
  status dispatch_status NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz(3),
  lease_until timestamptz(3),
  lease_owner uuid,
  last_error text,
  done_at timestamptz(3),
  replayed_by uuid,
  replayed_at timestamptz(3),
  PRIMARY KEY (event_id, handler)
);
CREATE INDEX stripe_event_dispatches_due ON stripe_event_dispatches (next_at) WHERE status IN ('pending', 'failed');
CREATE INDEX stripe_event_dispatches_leases ON stripe_event_dispatches (lease_until) WHERE status = 'running';
CREATE INDEX stripe_event_dispatches_dead ON stripe_event_dispatches (event_id) WHERE status IN ('failed', 'dead');

-- An event of state only says that its object moved on; the object itself is fetched under a lease whose fence rises.
CREATE TABLE stripe_object_syncs (
  object_id text PRIMARY KEY,
  object_type text NOT NULL,
  customer_id text,
  wanted_seq bigint NOT NULL DEFAULT 1,
  synced_seq bigint NOT NULL DEFAULT 0,
  fence bigint NOT NULL DEFAULT 0,
  lease_until timestamptz(3),
  lease_owner uuid,
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz(3) NOT NULL,
  last_error text,
  synced_at timestamptz(3)
);
CREATE INDEX stripe_object_syncs_due ON stripe_object_syncs (next_at) WHERE synced_seq < wanted_seq;

-- Written before the call: its id is the idempotency key, so that a repeat after a crash is the same call.
CREATE TYPE stripe_call_status AS ENUM ('prepared', 'sent', 'ok', 'failed', 'unknown');
CREATE TABLE stripe_calls (
  id uuid PRIMARY KEY,
  tenant_id uuid,
  operation text NOT NULL,
  -- What the caller names its intent by: the same intent is the same call.
  intent text NOT NULL,
  request_hash bytea NOT NULL,
  status stripe_call_status NOT NULL,
  stripe_id text,
  -- Code and type of a refusal; never a body.
  error jsonb,
  attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL,
  sent_at timestamptz(3),
  ended_at timestamptz(3)
);
CREATE UNIQUE INDEX stripe_calls_intent_key ON stripe_calls (operation, intent);
CREATE INDEX stripe_calls_tenant_id_created_at_idx ON stripe_calls (tenant_id, created_at DESC);
CREATE INDEX stripe_calls_open ON stripe_calls (created_at) WHERE status IN ('prepared', 'sent', 'unknown');

CREATE TABLE auto_topup_configs (
  tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  is_enabled boolean NOT NULL DEFAULT false,
  threshold_nano bigint NOT NULL DEFAULT 10000000000 CHECK (threshold_nano >= 0),
  amount_cents integer NOT NULL DEFAULT 5000 CHECK (amount_cents > 0),
  month_ceiling_cents integer NOT NULL DEFAULT 20000 CHECK (month_ceiling_cents >= amount_cents),
  failures integer NOT NULL DEFAULT 0,
  paused_reason text,
  backoff_until timestamptz(3),
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz(3) NOT NULL
);

CREATE TYPE topup_status AS ENUM ('pending', 'processing', 'needs_action', 'succeeded', 'failed');
CREATE TABLE auto_topup_attempts (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id uuid NOT NULL,
  amount_cents integer NOT NULL CHECK (amount_cents > 0),
  status topup_status NOT NULL,
  stripe_payment_intent_id text UNIQUE,
  failure text,
  created_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX auto_topup_attempts_one_in_flight ON auto_topup_attempts (tenant_id)
  WHERE status IN ('pending', 'processing', 'needs_action');
CREATE INDEX auto_topup_attempts_tenant_id_created_at_idx ON auto_topup_attempts (tenant_id, created_at DESC);

-- What a workspace's billing page is told, in the order of its commits: the head's row lock makes them one.
CREATE TABLE billing_stream_heads (
  tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  seq bigint NOT NULL DEFAULT 0
);
CREATE TABLE billing_stream_events (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  seq bigint NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  is_published boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX billing_stream_events_unpublished ON billing_stream_events (created_at) WHERE NOT is_published;
CREATE INDEX billing_stream_events_created_at_idx ON billing_stream_events (created_at);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['billing_profiles', 'subscriptions', 'trial_uses', 'invoices', 'stripe_events', 'stripe_calls',
    'auto_topup_configs', 'auto_topup_attempts', 'billing_stream_heads', 'billing_stream_events'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant_isolation ON %I USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id())', t);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %I FROM parley_app', t);
  END LOOP;
END $$;
-- How a reserve is filled by itself is the workspace's to say.
GRANT INSERT, UPDATE ON auto_topup_configs TO parley_app;
REVOKE ALL ON stripe_event_dispatches, stripe_object_syncs FROM parley_app;
-- What Stripe said stays as it was said.
REVOKE UPDATE, DELETE, TRUNCATE ON stripe_events FROM parley_platform;
GRANT UPDATE (delivery_count, tenant_id) ON stripe_events TO parley_platform;

-- The next event of a workspace's billing page, in the caller's transaction; answers its number.
CREATE FUNCTION billing_tell(tenant uuid, event_type text, event jsonb, at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  told bigint;
BEGIN
  INSERT INTO billing_stream_heads AS h (tenant_id, seq) VALUES (tenant, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET seq = h.seq + 1 RETURNING h.seq INTO told;
  INSERT INTO billing_stream_events (tenant_id, seq, type, payload, created_at) VALUES (tenant, told, event_type, event, at);
  RETURN told;
END $$;
REVOKE ALL ON FUNCTION billing_tell(uuid, text, jsonb, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION billing_tell(uuid, text, jsonb, timestamptz) TO parley_platform;
