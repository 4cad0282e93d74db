-- Whoever wrote admission anew since the guard of allowances came: it passes over the limits that refuse nobody now.
DO $$
DECLARE
  text text := pg_get_functiondef('reserve_hold(uuid, jsonb, timestamptz)'::regprocedure);
  limits text := 'pl.plan_version_id = p.plan_version_id AND pl.hard_limit IS NOT NULL';
BEGIN
  IF strpos(text, 'allowances_refuse') > 0 THEN
    RETURN;
  END IF;
  IF strpos(text, limits) = 0 THEN
    RAISE EXCEPTION 'reserve_hold does not read its limits as expected';
  END IF;
  EXECUTE replace(text, limits, limits || E'\n       AND (pl.on_exceed <> ''block'' OR allowances_refuse(tenant, at))');
END $$;
