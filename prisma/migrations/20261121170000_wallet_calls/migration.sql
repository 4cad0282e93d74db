-- What the calls of runs need of the wallet besides admission and settlement.

-- Whether a call would be admitted now: asked before a run is queued, so that a refusal reaches the person at once. Takes
-- nothing; what it answers is decided anew when the call is made.
CREATE FUNCTION probe_hold(tenant uuid, request jsonb, at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE answer jsonb;
BEGIN
  BEGIN
    answer := reserve_hold(tenant, request, at);
    IF (answer ->> 'isAdmitted')::boolean THEN
      RAISE EXCEPTION 'undone' USING ERRCODE = 'PW001';
    END IF;
  EXCEPTION WHEN SQLSTATE 'PW001' THEN
    NULL;
  END;
  RETURN answer;
END $$;

-- `mark_dispatched` as part of a statement that may be repeated after an outage: also true when it did so before.
CREATE FUNCTION dispatch_hold(tenant uuid, hold uuid, at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN mark_dispatched(tenant, hold, at)
      OR EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = tenant AND h.id = hold AND h.state = 'dispatched');
END $$;

-- How much of the answers of several calls has come; keeps their holds alive. Their expiry is indexed, so it moves once a
-- minute only.
DROP FUNCTION checkpoint_hold(uuid, uuid, bigint, timestamptz);
CREATE FUNCTION checkpoint_holds(tenant uuid, ids uuid[], tokens bigint[], at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE noted integer;
BEGIN
  PERFORM wallet_require_tenant(tenant);
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE holds h
     SET progress_tokens = greatest(h.progress_tokens, n.tokens),
         expires_at = CASE WHEN h.expires_at < at + interval '1 minute' THEN at + interval '2 minutes' ELSE h.expires_at END
    FROM unnest(ids, tokens) AS n(id, tokens)
   WHERE h.tenant_id = tenant AND h.id = n.id AND h.state = 'dispatched';
  GET DIAGNOSTICS noted = ROW_COUNT;
  RETURN noted;
END $$;

REVOKE ALL ON FUNCTION probe_hold(uuid, jsonb, timestamptz), dispatch_hold(uuid, uuid, timestamptz),
  checkpoint_holds(uuid, uuid[], bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION probe_hold(uuid, jsonb, timestamptz), dispatch_hold(uuid, uuid, timestamptz),
  checkpoint_holds(uuid, uuid[], bigint[], timestamptz) TO parley_app, parley_platform;
