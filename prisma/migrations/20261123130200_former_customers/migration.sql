-- Customers of Stripe that are nobody's any more: what is still told of them has a fate all the same. One that was replaced
-- belongs to its workspace as before; one of a workspace that was erased belongs to nobody, and nothing is done for it.
CREATE TABLE stripe_former_customers (
  customer_id text PRIMARY KEY,
  -- Null: the workspace is no more.
  tenant_id uuid REFERENCES tenants (id) ON DELETE SET NULL ON UPDATE CASCADE,
  ended_at timestamptz(3) NOT NULL
);
CREATE INDEX stripe_former_customers_tenant_id_idx ON stripe_former_customers (tenant_id);
ALTER TABLE stripe_former_customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE stripe_former_customers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON stripe_former_customers USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id());
REVOKE ALL ON stripe_former_customers FROM parley_app;

-- Whatever takes a customer from its workspace leaves a row: no path can forget it.
CREATE POLICY former_keeper ON stripe_former_customers TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE FUNCTION billing_keep_former_customer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO stripe_former_customers (customer_id, tenant_id, ended_at)
    VALUES (OLD.stripe_customer_id, CASE TG_OP WHEN 'UPDATE' THEN NEW.tenant_id END, now())
    ON CONFLICT (customer_id) DO UPDATE SET tenant_id = excluded.tenant_id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION billing_keep_former_customer() FROM PUBLIC;
CREATE TRIGGER billing_profiles_customer_left AFTER DELETE ON billing_profiles
  FOR EACH ROW WHEN (OLD.stripe_customer_id IS NOT NULL) EXECUTE FUNCTION billing_keep_former_customer();
CREATE TRIGGER billing_profiles_customer_replaced AFTER UPDATE OF stripe_customer_id ON billing_profiles
  FOR EACH ROW WHEN (OLD.stripe_customer_id IS NOT NULL AND OLD.stripe_customer_id IS DISTINCT FROM NEW.stripe_customer_id)
  EXECUTE FUNCTION billing_keep_former_customer();
