-- A word that is found more than 5000 times: the index names its messages in no order, so the newest could be missing.
-- Then the newest 20000 messages of the workspace are looked at as well, newest first. Short of that nothing changes.
CREATE OR REPLACE FUNCTION chat_search(phrases text[], unwanted text[], beginning text, page_size int, page_offset int)
RETURNS TABLE (conversation_id uuid, message_id uuid, title text, body text, created_at timestamptz, archived_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
DECLARE
  tenant uuid := public.app_tenant_id();
  person uuid := public.app_user_id();
  query tsquery := ''::tsquery;
  own tsquery;
  phrase text;
  found uuid[];
  prefix text := btrim(public.chat_words(beginning));
BEGIN
  FOREACH phrase IN ARRAY phrases LOOP
    query := query && phraseto_tsquery('simple', public.chat_words(phrase));
  END LOOP;
  IF prefix <> '' THEN query := query && to_tsquery('simple', quote_literal(prefix) || ':*'); END IF;
  IF numnode(query) = 0 THEN RETURN; END IF;
  FOREACH phrase IN ARRAY unwanted LOOP
    IF btrim(public.chat_words(phrase)) <> '' THEN
      query := query && !! phraseto_tsquery('simple', public.chat_words(phrase));
    END IF;
  END LOOP;
  own := query && quote_literal(public.chat_owner(tenant, person))::tsquery;
  found := ARRAY(SELECT m.id FROM public.messages m WHERE m.search @@ own LIMIT 5000);
  IF cardinality(found) = 5000 THEN
    found := found || ARRAY(
      SELECT n.id
        FROM (SELECT m.id, m.user_id, m.search FROM public.messages m
               WHERE m.tenant_id = tenant ORDER BY m.id DESC LIMIT 20000) n
       WHERE n.user_id = person AND n.search @@ own
       ORDER BY n.id DESC LIMIT 500);
  END IF;
  RETURN QUERY
  WITH candidates AS (
    (SELECT m.conversation_id AS c_id, m.id AS m_id, ts_rank_cd(m.search, query) AS score, m.created_at AS at
       FROM (SELECT DISTINCT f.id FROM unnest(found) AS f (id) ORDER BY f.id DESC LIMIT 500) newest
       JOIN public.messages m ON m.tenant_id = tenant AND m.id = newest.id AND m.user_id = person)
    UNION ALL
    (SELECT c.id, NULL, ts_rank_cd(c.search, query) * 4, c.last_message_at
       FROM public.conversations c
      WHERE c.search @@ own AND c.tenant_id = tenant AND c.user_id = person LIMIT 500)
  ), ranked AS (
    SELECT k.c_id, k.m_id, k.at, k.score, c.title AS c_title, c.archived_at AS c_archived_at
      FROM candidates k
      JOIN public.conversations c ON c.tenant_id = tenant AND c.id = k.c_id AND c.user_id = person AND c.deleted_at IS NULL
     ORDER BY k.score DESC, k.at DESC, k.c_id, k.m_id DESC LIMIT page_size OFFSET page_offset
  )
  SELECT r.c_id, r.m_id, r.c_title::text,
         coalesce((SELECT left(m.content, 20000) FROM public.messages m WHERE m.tenant_id = tenant AND m.id = r.m_id), r.c_title),
         r.at::timestamptz, r.c_archived_at::timestamptz
    FROM ranked r ORDER BY r.score DESC, r.at DESC, r.c_id, r.m_id DESC;
END $$;
