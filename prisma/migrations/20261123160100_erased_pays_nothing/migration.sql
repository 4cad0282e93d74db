-- A workspace that is no more pays for nothing: what takes its subscription away leaves a job that ends it at Stripe. One
-- whose first payment was never made ends there by itself.
CREATE FUNCTION billing_end_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM parley_add_job('billing.end_erased', json_build_object('subscriptionId', OLD.stripe_subscription_id), NULL, 10,
    'billing.end_erased:' || OLD.stripe_subscription_id);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION billing_end_erased() FROM PUBLIC;
CREATE TRIGGER subscriptions_erased AFTER DELETE ON subscriptions
  FOR EACH ROW WHEN (OLD.status IN ('trialing', 'active', 'past_due', 'unpaid', 'paused'))
  EXECUTE FUNCTION billing_end_erased();
