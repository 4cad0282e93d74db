-- Search that reads the same on every database: words are folded here, not by the database's locale, and the owner is a
-- word of the vector itself, so that one index serves the search alone and no estimate about tenants can lead away from it.

DROP TRIGGER messages_search ON messages;
DROP TRIGGER conversations_search ON conversations;
DROP INDEX messages_search;
DROP INDEX conversations_search;
DROP FUNCTION chat_search(text, int, int);
DROP FUNCTION chat_query(text);
DROP EXTENSION btree_gin;

-- A text as words in lower case, separated by one space; everything that is neither letter nor digit separates.
CREATE FUNCTION chat_words(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN regexp_replace(lower(normalize(body, NFKC) COLLATE pg_c_utf8), '[^[:alnum:]]+', ' ', 'g');

-- The word that marks whose a vector is. No text contains it, since words have no number sign.
CREATE FUNCTION chat_owner(tenant uuid, person uuid) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN '#' || md5(tenant::text || person::text);

CREATE FUNCTION chat_vector(tenant uuid, person uuid, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN body <> '' THEN
    to_tsvector('simple', chat_words(left(body, 100000))) || array_to_tsvector(ARRAY[chat_owner(tenant, person)]) END;

CREATE FUNCTION chat_index_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search := chat_vector(NEW.tenant_id, NEW.user_id, NEW.content);
  RETURN NEW;
END $$;
CREATE FUNCTION chat_index_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search := chat_vector(NEW.tenant_id, NEW.user_id, NEW.title);
  RETURN NEW;
END $$;
CREATE TRIGGER messages_search BEFORE INSERT OR UPDATE OF content ON messages
  FOR EACH ROW EXECUTE FUNCTION chat_index_message();
CREATE TRIGGER conversations_search BEFORE INSERT OR UPDATE OF title ON conversations
  FOR EACH ROW EXECUTE FUNCTION chat_index_conversation();

ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;
ALTER TABLE conversations NO FORCE ROW LEVEL SECURITY;
UPDATE messages SET search = chat_vector(tenant_id, user_id, content);
UPDATE conversations SET search = chat_vector(tenant_id, user_id, title);
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
CREATE INDEX messages_search ON messages USING gin (search) WHERE search IS NOT NULL;
CREATE INDEX conversations_search ON conversations USING gin (search) WHERE search IS NOT NULL;

-- The caller's own conversations and messages that match, best first, each with its text for a snippet. `phrases` must
-- all occur, `unwanted` must not, and `beginning` is the start of a word that must occur ('' for none).
-- The index names up to 5000 messages; the newest 500 of them are ranked, so that a common word costs no more than that.
CREATE FUNCTION chat_search(phrases text[], unwanted text[], beginning text, page_size int, page_offset int)
RETURNS TABLE (conversation_id uuid, message_id uuid, title text, body text, created_at timestamptz, archived_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
DECLARE
  tenant uuid := public.app_tenant_id();
  person uuid := public.app_user_id();
  query tsquery := ''::tsquery;
  own tsquery;
  phrase text;
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
  RETURN QUERY
  WITH found AS MATERIALIZED (
    SELECT m.id FROM public.messages m WHERE m.search @@ own LIMIT 5000
  ), candidates AS (
    (SELECT m.conversation_id AS c_id, m.id AS m_id, ts_rank_cd(m.search, query) AS score, m.created_at AS at
       FROM (SELECT f.id FROM found f ORDER BY f.id DESC LIMIT 500) newest
       JOIN public.messages m ON m.tenant_id = tenant AND m.id = newest.id AND m.user_id = person)
    UNION ALL
    (SELECT c.id, NULL, ts_rank_cd(c.search, query) * 4, c.last_message_at
       FROM public.conversations c
      WHERE c.search @@ own AND c.tenant_id = tenant AND c.user_id = person LIMIT 500)
  ), ranked AS (
    SELECT k.c_id, k.m_id, k.at, k.score, c.title AS c_title, c.archived_at AS c_archived_at
      FROM candidates k
      JOIN public.conversations c ON c.tenant_id = tenant AND c.id = k.c_id AND c.user_id = person AND c.deleted_at IS NULL
     ORDER BY k.score DESC, k.at DESC, k.c_id, k.m_id LIMIT page_size OFFSET page_offset
  )
  SELECT r.c_id, r.m_id, r.c_title::text,
         coalesce((SELECT left(m.content, 20000) FROM public.messages m WHERE m.tenant_id = tenant AND m.id = r.m_id), r.c_title),
         r.at::timestamptz, r.c_archived_at::timestamptz
    FROM ranked r ORDER BY r.score DESC, r.at DESC, r.c_id, r.m_id;
END $$;
REVOKE ALL ON FUNCTION chat_search(text[], text[], text, int, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chat_search(text[], text[], text, int, int) TO parley_app;
