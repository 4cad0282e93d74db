-- A message is paid for once, with all of its calls: an allowance of messages that is used up does not pay for the later
-- calls of a message that the reserve paid for, and a call of which nothing was heard is no message.

CREATE INDEX holds_of_messages ON holds (tenant_id, run_id) WHERE messages > 0;

-- How many messages of the allowance a call asks for. One that goes on with a message of its run asks for none where the
-- allowance covered that one, and otherwise for as much as a new one would.
CREATE FUNCTION wallet_messages_asked(h holds) RETURNS bigint LANGUAGE sql STABLE
  SET search_path = pg_catalog, public
  AS $$
  SELECT CASE
    WHEN h.messages > 0 THEN h.messages
    WHEN EXISTS (SELECT 1 FROM holds f
                  WHERE f.tenant_id = h.tenant_id AND f.run_id = h.run_id AND f.messages > 0 AND f.payer = 'allowance') THEN 0
    ELSE 1 END
$$;
REVOKE ALL ON FUNCTION wallet_messages_asked(holds) FROM PUBLIC;

-- Both functions are long and change in one place each, whatever else of them has changed before.
DO $$
DECLARE
  admission text := pg_get_functiondef('reserve_hold(uuid, jsonb, timestamptz)'::regprocedure);
  settlement text := pg_get_functiondef('settle_hold(uuid, uuid, jsonb, timestamptz, hold_state)'::regprocedure);
  asked constant text := $sql$WHEN 'message' THEN h.messages$sql$;
  counted constant text := $sql$jsonb_build_object('messages', h.messages)$sql$;
  recorded constant text := $sql$at, h.messages, h.payer$sql$;
BEGIN
  IF position(asked IN admission) = 0 THEN
    RAISE EXCEPTION 'reserve_hold does not ask for messages as expected';
  END IF;
  EXECUTE replace(admission, asked, $sql$WHEN 'message' THEN wallet_messages_asked(h)$sql$);
  IF position(counted IN settlement) > 0 AND position(recorded IN settlement) > 0 THEN
    EXECUTE replace(replace(settlement, counted, $sql$jsonb_build_object('messages', CASE
    WHEN usage ->> 'outcome' <> 'ok' AND (usage ->> 'outputTokens')::bigint = 0 THEN 0 ELSE h.messages END)$sql$),
      recorded, $sql$at, (usage ->> 'messages')::int, h.payer$sql$);
  END IF;
END $$;
