-- What Stripe has, compared with what we have, once a day.

-- One comparison of everything; where it stands is stored after each page, so that whoever goes on begins there.
CREATE TABLE billing_comparisons (
  id uuid PRIMARY KEY,
  asked_by uuid,
  started_at timestamptz(3) NOT NULL,
  step text NOT NULL,
  position text,
  compared integer NOT NULL DEFAULT 0 CHECK (compared >= 0),
  ended_at timestamptz(3)
);
CREATE UNIQUE INDEX billing_comparisons_one_open ON billing_comparisons ((true)) WHERE ended_at IS NULL;
CREATE INDEX billing_comparisons_started_at_idx ON billing_comparisons (started_at DESC);

-- A difference, from the look that saw it first to the one that no longer did. It counts once a second look has seen it.
-- Without a foreign key: an object may be nobody's.
CREATE TABLE billing_differences (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  object_id text NOT NULL,
  tenant_id uuid,
  -- Standings, numbers, days and ids: never a name or an address.
  ours text,
  theirs text,
  found_at timestamptz(3) NOT NULL,
  last_seen_at timestamptz(3) NOT NULL,
  looked_at timestamptz(3) NOT NULL,
  confirmed_at timestamptz(3),
  repair_asked_at timestamptz(3),
  repair_asked_by uuid,
  repair_note text,
  resolved_at timestamptz(3),
  resolved_by uuid
);
CREATE UNIQUE INDEX billing_differences_one_open ON billing_differences (kind, object_id) WHERE resolved_at IS NULL;
CREATE INDEX billing_differences_to_look_at ON billing_differences (looked_at) WHERE resolved_at IS NULL;
CREATE INDEX billing_differences_found_at_idx ON billing_differences (found_at DESC, id DESC);
CREATE INDEX billing_differences_tenant_id_idx ON billing_differences (tenant_id);

ALTER TABLE billing_differences ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing_differences FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON billing_differences USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id());
REVOKE ALL ON billing_comparisons, billing_differences FROM parley_app;

-- Which of our rows the running comparison has met at Stripe; what it has not met is asked for by its id.
ALTER TABLE subscriptions ADD COLUMN compared_at timestamptz(3);
ALTER TABLE reserve_payments ADD COLUMN compared_at timestamptz(3);
CREATE INDEX reserve_payments_created_at_idx ON reserve_payments (created_at);
