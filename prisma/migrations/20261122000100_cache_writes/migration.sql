-- Input that a provider writes to its cache costs what the rate card says of it, where it has a line for that: the hold
-- counted with it all along, the settlement did not.

ALTER TABLE usage_events ADD COLUMN cache_write_tokens integer NOT NULL DEFAULT 0 CHECK (cache_write_tokens >= 0);

-- As before; tokens written to the cache are a part of the input that was not read from it.
CREATE OR REPLACE FUNCTION usage_cost(version uuid, model text, usage jsonb) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT div(
    (u.input - u.cached - u.written) * p.input + u.cached * coalesce(p.cached, 0) + u.written * coalesce(p.written, 0)
    + (u.output - u.reasoning) * p.output + u.reasoning * coalesce(p.reasoning, 0)
    + u.messages * coalesce(p.message, 0) + 500000, 1000000)::bigint
    FROM model_prices(version, model) p
   CROSS JOIN LATERAL (
     SELECT c.input, c.output, c.messages, c.cached, c.reasoning,
            CASE WHEN p.written IS NULL THEN 0 ELSE least(c.written, c.input - least(c.read, c.input)) END AS written
       FROM (SELECT i.input, i.output, i.messages, i.written, i.cached AS read,
                    CASE WHEN p.cached IS NULL THEN 0 ELSE least(i.cached, i.input) END AS cached,
                    CASE WHEN p.reasoning IS NULL THEN 0 ELSE least(i.reasoning, i.output) END AS reasoning
               FROM (SELECT (usage ->> 'inputTokens')::numeric AS input, (usage ->> 'outputTokens')::numeric AS output,
                            coalesce((usage ->> 'cachedInputTokens')::numeric, 0) AS cached,
                            coalesce((usage ->> 'cacheWriteTokens')::numeric, 0) AS written,
                            coalesce((usage ->> 'reasoningTokens')::numeric, 0) AS reasoning,
                            coalesce((usage ->> 'messages')::numeric, 0) AS messages) i) c) u
$$;

-- The settlement records them, and the recomputation of the books counts them: both as they stand, with the one column more.
DO $$
DECLARE
  change record;
  text text;
BEGIN
  FOR change IN
    SELECT * FROM (VALUES
      ('settle_hold(uuid, uuid, jsonb, timestamptz, hold_state)', 'cached_input_tokens, reasoning_tokens',
       'cached_input_tokens, cache_write_tokens, reasoning_tokens'),
      ('settle_hold(uuid, uuid, jsonb, timestamptz, hold_state)', 'coalesce((usage ->> ''reasoningTokens'')::int, 0)',
       'coalesce((usage ->> ''cacheWriteTokens'')::int, 0), coalesce((usage ->> ''reasoningTokens'')::int, 0)'),
      ('wallet_faults(uuid)', '''cachedInputTokens'', u.cached_input_tokens',
       '''cachedInputTokens'', u.cached_input_tokens, ''cacheWriteTokens'', u.cache_write_tokens')
    ) AS c(place, old, new)
  LOOP
    text := pg_get_functiondef(change.place::regprocedure);
    IF strpos(text, change.old) = 0 THEN
      RAISE EXCEPTION '% does not name its tokens as expected', change.place;
    END IF;
    EXECUTE replace(text, change.old, change.new);
  END LOOP;
END $$;
