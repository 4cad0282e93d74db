-- The period of a kind that holds an instant, made when it is first asked for. The caller has the account's lock. Periods
-- never overlap: where the anchor has moved, a new one begins when the one before is over and ends where a later one begins.
CREATE OR REPLACE FUNCTION wallet_period(tenant uuid, wanted period_kind, anchor timestamptz, at timestamptz) RETURNS uuid
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
  INSERT INTO public.billing_periods
    SELECT tenant, known, wanted,
           greatest(first_at, max(p.end_at) FILTER (WHERE p.end_at <= at)),
           least(last_at, min(p.start_at) FILTER (WHERE p.start_at > at))
      FROM public.billing_periods p
     WHERE p.tenant_id = tenant AND p.kind = wanted AND p.end_at > first_at AND p.start_at < last_at;
  RETURN known;
END $$;
