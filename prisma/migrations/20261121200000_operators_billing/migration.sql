-- What operators of billing decide besides adjustments, and what the reconciliation of the books found.

-- Whether allowances refuse anybody: one row, which operators change without a new build. Caps and the reserve refuse
-- whatever it says.
CREATE TABLE quota_guard (
  id smallint PRIMARY KEY CHECK (id = 1),
  is_on boolean NOT NULL DEFAULT true,
  reason text CHECK (length(reason) >= 10),
  changed_by uuid,
  changed_at timestamptz(3)
);
INSERT INTO quota_guard (id) VALUES (1);

-- Until then a suspension and an allowance that is used up refuse nobody of the workspace.
ALTER TABLE tenant_plans ADD COLUMN override_until timestamptz(3);

CREATE TABLE reconciliation_runs (
  id uuid PRIMARY KEY,
  asked_by uuid,
  started_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3) NOT NULL,
  fault_count integer NOT NULL CHECK (fault_count >= 0),
  new_fault_count integer NOT NULL CHECK (new_fault_count >= 0)
);
CREATE INDEX reconciliation_runs_started_at_idx ON reconciliation_runs (started_at DESC);

-- What the books did not agree in, from the run that saw it first to the one that no longer did. The ledger outlives its
-- workspace, so there is no foreign key.
CREATE TABLE book_faults (
  tenant_id uuid NOT NULL,
  fault text NOT NULL,
  first_seen_at timestamptz(3) NOT NULL,
  last_seen_at timestamptz(3) NOT NULL,
  resolved_at timestamptz(3),
  PRIMARY KEY (tenant_id, fault)
);
CREATE INDEX book_faults_open ON book_faults (first_seen_at) WHERE resolved_at IS NULL;
ALTER TABLE book_faults ENABLE ROW LEVEL SECURITY;
ALTER TABLE book_faults FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON book_faults USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id());

REVOKE ALL ON reconciliation_runs FROM parley_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON quota_guard, book_faults FROM parley_app;
REVOKE INSERT, DELETE, TRUNCATE ON quota_guard FROM parley_platform;
GRANT UPDATE (low_policy, low_threshold_nano) ON reserve_accounts TO parley_platform;

-- Whether an allowance that is used up refuses the tenant's calls at this instant.
CREATE FUNCTION allowances_refuse(tenant uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE
  RETURN (SELECT g.is_on FROM quota_guard g)
     AND NOT EXISTS (SELECT 1 FROM tenant_plans t WHERE t.tenant_id = tenant AND t.override_until > at);

-- As before, and a suspension that operators lifted for a while reads as a plan whose payment is late.
CREATE OR REPLACE FUNCTION plan_of(tenant uuid, at timestamptz)
RETURNS TABLE (plan_id text, plan_version_id uuid, rate_card_version_id uuid, standing text, anchor_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT p.plan_id, p.version_id,
         (SELECT r.id FROM rate_card_versions r JOIN plan_versions v ON v.rate_card_id = r.rate_card_id
           WHERE v.id = p.version_id AND r.effective_from <= at AND (r.effective_to IS NULL OR r.effective_to > at)),
         p.standing, p.anchor_at
    FROM (SELECT s.plan_id, s.standing, s.anchor_at, coalesce(s.pinned, plan_version_at(s.plan_id, at)) AS version_id
            FROM (SELECT CASE WHEN o.is_over THEN 'free' ELSE t.plan_id END AS plan_id,
                         CASE WHEN o.is_over THEN NULL ELSE t.plan_version_id END AS pinned,
                         CASE WHEN o.is_over THEN 'active'
                              WHEN NOT o.is_suspended THEN t.standing::text
                              WHEN t.override_until > at THEN 'past_due'
                              ELSE 'suspended' END AS standing,
                         t.anchor_at
                    FROM tenant_plans t
                   CROSS JOIN LATERAL (
                     SELECT t.standing = 'trialing' AND t.trial_ends_at <= at AS is_over,
                            t.standing = 'suspended'
                              OR t.standing = 'past_due' AND coalesce(t.grace_ends_at <= at, false) AS is_suspended) o
                   WHERE t.tenant_id = tenant) s) p
$$;

-- Admission passes over the limits that refuse nobody now. Its newest definition is taken as it stands and given the one
-- condition more.
DO $$
DECLARE
  text text := pg_get_functiondef('reserve_hold(uuid, jsonb, timestamptz)'::regprocedure);
  limits text := 'pl.plan_version_id = p.plan_version_id AND pl.hard_limit IS NOT NULL';
BEGIN
  IF strpos(text, limits) = 0 THEN
    RAISE EXCEPTION 'reserve_hold does not read its limits as expected';
  END IF;
  EXECUTE replace(text, limits, limits || E'\n       AND (pl.on_exceed <> ''block'' OR allowances_refuse(tenant, at))');
END $$;
