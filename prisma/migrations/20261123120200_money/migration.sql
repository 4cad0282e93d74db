-- What a payment has given to the reserve, and what of it was taken back: never more than it gave.
CREATE TABLE reserve_payments (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  payment_intent_id text NOT NULL UNIQUE,
  credited_nano bigint NOT NULL CHECK (credited_nano > 0),
  taken_nano bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, payment_intent_id),
  CHECK (taken_nano BETWEEN 0 AND credited_nano)
);

-- A refund or a dispute of a payment: what it asks for, and what of that is taken now. One that was given up stays so,
-- whatever is heard of it later.
CREATE TABLE reserve_claims (
  tenant_id uuid NOT NULL,
  id text NOT NULL UNIQUE,
  payment_intent_id text NOT NULL,
  is_dispute boolean NOT NULL,
  amount_nano bigint NOT NULL CHECK (amount_nano >= 0),
  taken_nano bigint NOT NULL DEFAULT 0 CHECK (taken_nano >= 0),
  is_returned boolean NOT NULL DEFAULT false,
  -- How often it was booked: each time under a name of its own.
  entries integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, payment_intent_id) REFERENCES reserve_payments (tenant_id, payment_intent_id)
    ON DELETE CASCADE ON UPDATE CASCADE,
  CHECK (taken_nano <= amount_nano)
);
CREATE INDEX reserve_claims_tenant_id_payment_intent_id_idx ON reserve_claims (tenant_id, payment_intent_id);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['reserve_payments', 'reserve_claims'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant_isolation ON %I USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id())', t);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %I FROM parley_app', t);
  END LOOP;
END $$;

-- A repeat of an attempt to fill the reserve is the same call, so what it is paid with is written down before.
ALTER TABLE auto_topup_attempts ADD COLUMN payment_method_id text;

-- A balance that falls below what a workspace fills its reserve at asks for it, in the transaction that took it there:
-- whatever took it, and without the wallet knowing what comes of it. What waits or is paused asks for nothing.
CREATE FUNCTION auto_topup_wanted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT FROM auto_topup_configs c WHERE c.tenant_id = NEW.tenant_id AND c.is_enabled
              AND c.paused_reason IS NULL AND c.backoff_until IS NULL AND NEW.balance_nano < c.threshold_nano)
     AND NOT EXISTS (SELECT FROM auto_topup_attempts a WHERE a.tenant_id = NEW.tenant_id
                      AND a.status IN ('pending', 'processing', 'needs_action')) THEN
    PERFORM parley_add_job('billing.auto_topup', json_build_object('tenantId', NEW.tenant_id), NULL, 10,
      'billing.auto_topup:' || NEW.tenant_id);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION auto_topup_wanted() FROM PUBLIC;
CREATE TRIGGER reserve_accounts_auto_topup AFTER UPDATE OF balance_nano ON reserve_accounts
  FOR EACH ROW WHEN (NEW.balance_nano < OLD.balance_nano) EXECUTE FUNCTION auto_topup_wanted();
CREATE POLICY auto_topup_reader ON auto_topup_configs FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY auto_topup_reader ON auto_topup_attempts FOR SELECT TO CURRENT_USER USING (true);
