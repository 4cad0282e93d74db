-- What Parley sells: plans with versions and allowances, rate cards with versions and lines. All of it is the same for
-- every tenant, so it stands without row-level security; requests read it, the platform role loads it. What has taken
-- effect is never edited: triggers refuse it. A tenant's plan is a row of its own, made with the tenant.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TYPE plan_meter AS ENUM ('message', 'input_token', 'output_token');
CREATE TYPE plan_span AS ENUM ('period', 'day');
CREATE TYPE plan_exceed AS ENUM ('block', 'use_reserve');
CREATE TYPE plan_standing AS ENUM ('trialing', 'active', 'past_due', 'suspended');

CREATE TABLE rate_cards (
  id uuid PRIMARY KEY,
  code text NOT NULL,
  currency char(3) NOT NULL
);
CREATE UNIQUE INDEX rate_cards_code_key ON rate_cards (code);

CREATE TABLE rate_card_versions (
  id uuid PRIMARY KEY,
  rate_card_id uuid NOT NULL REFERENCES rate_cards (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  version integer NOT NULL CHECK (version > 0),
  effective_from timestamptz(3) NOT NULL,
  effective_to timestamptz(3),
  cheap_models text[] NOT NULL DEFAULT '{}',
  checksum bytea NOT NULL,
  CHECK (effective_to > effective_from),
  CONSTRAINT rate_card_versions_no_overlap EXCLUDE USING gist
    (rate_card_id WITH =, tstzrange(effective_from, effective_to) WITH &&)
);
CREATE UNIQUE INDEX rate_card_versions_rate_card_id_version_key ON rate_card_versions (rate_card_id, version);

CREATE TABLE rate_lines (
  rate_card_version_id uuid NOT NULL REFERENCES rate_card_versions (id) ON DELETE CASCADE ON UPDATE CASCADE,
  item text NOT NULL,
  unit text NOT NULL,
  price_nano_per_million bigint NOT NULL CHECK (price_nano_per_million >= 0),
  unit_size bigint NOT NULL CHECK (unit_size > 0),
  PRIMARY KEY (rate_card_version_id, item, unit)
);

CREATE TABLE plans (
  id text PRIMARY KEY,
  name text NOT NULL,
  rank integer NOT NULL,
  is_active boolean NOT NULL DEFAULT true
);
INSERT INTO plans (id, name, rank) VALUES
  ('free', 'Free', 0), ('starter', 'Starter', 1), ('pro', 'Pro', 2), ('enterprise', 'Enterprise', 3);

CREATE TABLE plan_versions (
  id uuid PRIMARY KEY,
  plan_id text NOT NULL REFERENCES plans (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  version integer NOT NULL CHECK (version > 0),
  effective_from timestamptz(3) NOT NULL,
  rate_card_id uuid NOT NULL REFERENCES rate_cards (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  price_month_nano bigint CHECK (price_month_nano >= 0),
  price_year_nano bigint CHECK (price_year_nano >= 0),
  trial_days integer NOT NULL CHECK (trial_days BETWEEN 0 AND 730),
  seat_min integer NOT NULL CHECK (seat_min > 0),
  seat_max integer CHECK (seat_max >= seat_min),
  features jsonb NOT NULL,
  checksum bytea NOT NULL
);
CREATE UNIQUE INDEX plan_versions_plan_id_version_key ON plan_versions (plan_id, version);

CREATE TABLE plan_limits (
  plan_version_id uuid NOT NULL REFERENCES plan_versions (id) ON DELETE CASCADE ON UPDATE CASCADE,
  meter plan_meter NOT NULL,
  span plan_span NOT NULL,
  hard_limit bigint CHECK (hard_limit >= 0),
  soft_limit bigint CHECK (soft_limit >= 0),
  on_exceed plan_exceed NOT NULL,
  CHECK (soft_limit <= hard_limit),
  PRIMARY KEY (plan_version_id, meter, span)
);

CREATE TABLE catalogue_loads (
  checksum bytea PRIMARY KEY,
  loaded_at timestamptz(3) NOT NULL
);

CREATE TABLE tenant_plans (
  tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  plan_id text NOT NULL REFERENCES plans (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  plan_version_id uuid REFERENCES plan_versions (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  standing plan_standing NOT NULL,
  trial_ends_at timestamptz(3),
  grace_ends_at timestamptz(3),
  anchor_at timestamptz(3) NOT NULL,
  changed_at timestamptz(3) NOT NULL
);
ALTER TABLE tenant_plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_plans FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenant_plans USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id());

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['rate_cards', 'rate_card_versions', 'rate_lines', 'plans', 'plan_versions', 'plan_limits', 'catalogue_loads'] LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %I FROM parley_app', t);
  END LOOP;
END $$;

-- A price or an allowance that has taken effect is history. All that may still change is the end of a rate card version,
-- which the next version sets, and only to an instant that is yet to come.
CREATE FUNCTION catalogue_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of the catalogue has taken effect and cannot be changed', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE FUNCTION catalogue_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.effective_from <= now() THEN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'rate_card_versions'
       AND to_jsonb(OLD) - 'effective_to' = to_jsonb(NEW) - 'effective_to'
       AND coalesce((to_jsonb(OLD) ->> 'effective_to')::timestamptz, 'infinity') > now()
       AND coalesce((to_jsonb(NEW) ->> 'effective_to')::timestamptz, 'infinity') >= now() THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of the catalogue has taken effect and cannot be changed', TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER rate_card_versions_keep BEFORE UPDATE OR DELETE ON rate_card_versions
  FOR EACH ROW EXECUTE FUNCTION catalogue_keep_version();
CREATE TRIGGER plan_versions_keep BEFORE UPDATE OR DELETE ON plan_versions
  FOR EACH ROW EXECUTE FUNCTION catalogue_keep_version();

-- Lines and limits are never updated; they go with a version that has not begun, and are added with it.
CREATE TRIGGER rate_lines_keep BEFORE UPDATE ON rate_lines FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_change();
CREATE TRIGGER plan_limits_keep BEFORE UPDATE ON plan_limits FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_change();
CREATE FUNCTION catalogue_keep_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'rate_lines'
     AND EXISTS (SELECT 1 FROM rate_card_versions v WHERE v.id = OLD.rate_card_version_id AND v.effective_from <= now()) THEN
    RAISE EXCEPTION 'rate_lines of the catalogue has taken effect and cannot be changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE FUNCTION catalogue_keep_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM plan_versions v WHERE v.id = OLD.plan_version_id AND v.effective_from <= now()) THEN
    RAISE EXCEPTION 'plan_limits of the catalogue has taken effect and cannot be changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER rate_lines_stay BEFORE DELETE ON rate_lines FOR EACH ROW EXECUTE FUNCTION catalogue_keep_line();
CREATE TRIGGER plan_limits_stay BEFORE DELETE ON plan_limits FOR EACH ROW EXECUTE FUNCTION catalogue_keep_limit();

-- The nth month from an anchor, day clamped to the month's length, half-open, in UTC: from the anchor itself and never from
-- the month before, so that Jan 31 is followed by Feb 28 and then by Mar 31.
CREATE FUNCTION month_from(anchor timestamptz, n int) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ((anchor AT TIME ZONE 'UTC') + make_interval(months => n)) AT TIME ZONE 'UTC';
CREATE FUNCTION month_number(anchor timestamptz, at timestamptz) RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  a timestamp := anchor AT TIME ZONE 'UTC';
  t timestamp := at AT TIME ZONE 'UTC';
  n int := (extract(year FROM t) - extract(year FROM a)) * 12 + extract(month FROM t) - extract(month FROM a);
BEGIN
  RETURN CASE WHEN public.month_from(anchor, n) > at THEN n - 1 ELSE n END;
END $$;

-- The version of a plan that is sold at an instant.
CREATE FUNCTION plan_version_at(plan text, at timestamptz) RETURNS uuid LANGUAGE sql STABLE
  RETURN (SELECT v.id FROM plan_versions v WHERE v.plan_id = plan AND v.effective_from <= at
           ORDER BY v.effective_from DESC, v.version DESC LIMIT 1);

-- What a tenant is entitled to at an instant: a function of its plan's row and of the clock. A trial that is over leaves
-- the free plan; a grace that is over, or a suspension, leaves no usable plan.
CREATE FUNCTION plan_of(tenant uuid, at timestamptz)
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
                              WHEN t.standing = 'past_due' AND t.grace_ends_at <= at THEN 'suspended'
                              ELSE t.standing::text END AS standing,
                         t.anchor_at
                    FROM tenant_plans t
                   CROSS JOIN LATERAL (SELECT t.standing = 'trialing' AND t.trial_ends_at <= at AS is_over) o
                   WHERE t.tenant_id = tenant) s) p
$$;

-- Every tenant begins with a plan, in the transaction that makes it and whoever makes it: the trial of starter, or free
-- while starter is not sold.
CREATE FUNCTION tenant_begin_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  starter uuid := (SELECT public.plan_version_at(p.id, now()) FROM public.plans p WHERE p.id = 'starter' AND p.is_active);
  days int := (SELECT v.trial_days FROM public.plan_versions v WHERE v.id = starter);
BEGIN
  IF days > 0 THEN
    INSERT INTO public.tenant_plans (tenant_id, plan_id, plan_version_id, standing, trial_ends_at, anchor_at, changed_at)
      VALUES (NEW.id, 'starter', starter, 'trialing', now() + make_interval(days => days), now(), now());
  ELSE
    INSERT INTO public.tenant_plans (tenant_id, plan_id, standing, anchor_at, changed_at)
      VALUES (NEW.id, 'free', 'active', now(), now());
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tenants_begin_plan AFTER INSERT ON tenants FOR EACH ROW EXECUTE FUNCTION tenant_begin_plan();

-- Tenants that are here already begin the same trial now.
INSERT INTO tenant_plans (tenant_id, plan_id, standing, trial_ends_at, anchor_at, changed_at)
  SELECT id, 'starter', 'trialing', now() + interval '14 days', now(), now() FROM tenants;
