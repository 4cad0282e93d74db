-- What follows when a workspace is billed by a subscription: its months are counted anew where paying begins, its trial is
-- remembered, and whoever joins or leaves makes its seats be looked at.

-- Ends the running months of use and of caps where the new ones begin; what was used in them stays with them. A month that
-- began after the new one would have is left to its end.
CREATE FUNCTION wallet_turn_month(tenant uuid, anchor timestamptz, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  begins timestamptz := month_from(anchor, month_number(anchor, at));
BEGIN
  PERFORM 1 FROM reserve_accounts WHERE tenant_id = tenant FOR UPDATE;
  UPDATE billing_periods SET end_at = begins
   WHERE tenant_id = tenant AND kind IN ('use', 'cap_month') AND start_at < begins AND end_at > begins;
END $$;
REVOKE ALL ON FUNCTION wallet_turn_month(uuid, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wallet_turn_month(uuid, timestamptz, timestamptz) TO parley_platform;

-- Every trial is remembered, whoever gave it: there is one for each workspace.
CREATE POLICY trial_keeper ON trial_uses TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE FUNCTION billing_remember_trial() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO trial_uses (tenant_id, plan_id, started_at) VALUES (NEW.tenant_id, NEW.plan_id, NEW.changed_at)
    ON CONFLICT (tenant_id) DO NOTHING;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION billing_remember_trial() FROM PUBLIC;
CREATE TRIGGER tenant_plans_remember_trial AFTER INSERT OR UPDATE OF standing ON tenant_plans
  FOR EACH ROW WHEN (NEW.standing = 'trialing') EXECUTE FUNCTION billing_remember_trial();
-- Trials that are under way or over already.
INSERT INTO trial_uses (tenant_id, plan_id, started_at)
  SELECT tenant_id, plan_id, changed_at FROM tenant_plans WHERE standing = 'trialing' ON CONFLICT (tenant_id) DO NOTHING;

-- Seats of a workspace with a live subscription are looked at a little after its people change: several changes are one look.
CREATE POLICY seat_counter ON subscriptions FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION billing_count_seats() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  tenant uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM subscriptions s
              WHERE s.tenant_id = tenant AND s.status NOT IN ('canceled', 'incomplete', 'incomplete_expired')) THEN
    PERFORM parley_add_job('billing.seats', json_build_object('tenantId', tenant), now() + interval '10 seconds', 6,
      'billing.seats:' || tenant);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION billing_count_seats() FROM PUBLIC;
CREATE TRIGGER tenant_members_count_seats AFTER INSERT OR DELETE ON tenant_members
  FOR EACH ROW EXECUTE FUNCTION billing_count_seats();
