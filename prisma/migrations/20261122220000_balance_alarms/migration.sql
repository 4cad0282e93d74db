-- A balance that falls below its threshold, or to nothing, is told whatever took it there: also a refund, a dispute or an
-- adjustment.

CREATE FUNCTION wallet_balance_alarms(account reserve_accounts, old_nano bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE epoch text := 'epoch ' || account.alarm_epoch;
BEGIN
  IF old_nano >= account.low_threshold_nano AND account.balance_nano < account.low_threshold_nano THEN
    PERFORM public.wallet_alarm(account.tenant_id, 'low_balance', epoch, 0, at);
  END IF;
  IF old_nano > 0 AND account.balance_nano <= 0 THEN
    PERFORM public.wallet_alarm(account.tenant_id, 'depleted', epoch, 0, at);
  END IF;
END $$;
REVOKE ALL ON FUNCTION wallet_balance_alarms(reserve_accounts, bigint, timestamptz) FROM PUBLIC;

-- What a charge has crossed: 50, 80, 100 % of caps, the threshold of the balance, and its end.
CREATE OR REPLACE FUNCTION wallet_alarms(h holds, old_nano bigint, account reserve_accounts, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE l record;
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
  PERFORM public.wallet_balance_alarms(account, old_nano, at);
END $$;

CREATE OR REPLACE FUNCTION book_reserve(tenant uuid, entry jsonb, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  a reserve_accounts;
  old_nano bigint;
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
  PERFORM wallet_balance_alarms(a, old_nano, at);
  RETURN true;
END $$;
