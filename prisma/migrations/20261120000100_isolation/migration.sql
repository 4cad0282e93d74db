-- Isolation and the functions that only the database can keep honest: grants of the three roles, forced row-level
-- security, the append-only audit chain, enqueuing inside a transaction, and search.
-- Roles parley_app (no DDL, no BYPASSRLS) and parley_platform (BYPASSRLS) exist before this runs: npm run db:provision.

GRANT USAGE ON SCHEMA public TO parley_app, parley_platform;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO parley_app, parley_platform;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO parley_app, parley_platform;
-- The migrations' own table is not there in the shadow database of a drift check.
DO $$
BEGIN
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    REVOKE ALL ON TABLE _prisma_migrations FROM parley_app, parley_platform;
    GRANT SELECT ON TABLE _prisma_migrations TO parley_platform;
  END IF;
END $$;

-- Which tenant and which person this transaction works for. Both are set with set_config(..., true): they end with the
-- transaction, and read as '' afterwards on a pooled connection, hence nullif.
CREATE FUNCTION app_tenant_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant_id', true), '')::uuid;
CREATE FUNCTION app_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.user_id', true), '')::uuid;

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenants
  USING (id = app_tenant_id()
    OR EXISTS (SELECT 1 FROM tenant_members m WHERE m.tenant_id = tenants.id AND m.user_id = app_user_id()))
  WITH CHECK (id = app_tenant_id());

ALTER TABLE tenant_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_members FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenant_members
  USING (tenant_id = app_tenant_id() OR user_id = app_user_id())
  WITH CHECK (tenant_id = app_tenant_id());

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['conversations', 'messages', 'runs', 'run_steps', 'run_events', 'usage_events'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant_isolation ON %I USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id())', t);
  END LOOP;
END $$;

-- Audit. Nobody writes these tables but audit_append, which runs as their owner; a trigger refuses changes to everybody.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['audit_logs', 'audit_personal', 'audit_heads'] LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %I FROM parley_app, parley_platform', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant_isolation ON %I FOR SELECT USING (tenant_id = app_tenant_id())', t);
    EXECUTE format('CREATE POLICY chain_writer ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
GRANT DELETE ON audit_personal TO parley_platform;

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_logs is append-only';
END $$;
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

-- The canonical text of a row: what its hash covers, beside the hash before it. jsonb orders keys by itself.
CREATE FUNCTION audit_record(r audit_logs) RETURNS text LANGUAGE sql STABLE
  RETURN jsonb_build_object(
    'id', r.id, 'chain', r.chain, 'seq', r.seq, 'tenantId', r.tenant_id,
    'at', to_char(r.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'category', r.category, 'action', r.action, 'actorType', r.actor_type, 'actorId', r.actor_id,
    'targetType', r.target_type, 'targetId', r.target_id, 'result', r.result, 'requestId', r.request_id,
    'metadata', r.metadata, 'personalHash', encode(r.personal_hash, 'hex'))::text;

-- Appends one row to its chain (the tenant's, or the platform's when tenant_id is null) inside the caller's transaction.
-- `entry` carries id, tenantId, category, action, actorType, actorId, targetType, targetId, result, requestId, metadata,
-- ip, userAgent. The head row's lock orders writers until commit: call it last.
CREATE FUNCTION audit_append(entry jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  r public.audit_logs;
  head public.audit_heads;
  salt bytea;
BEGIN
  r.tenant_id := (entry->>'tenantId')::uuid;
  IF r.tenant_id IS NOT NULL AND r.tenant_id IS DISTINCT FROM public.app_tenant_id()
     AND NOT (SELECT rolbypassrls FROM pg_roles WHERE rolname = session_user) THEN
    RAISE EXCEPTION 'audit row of another tenant';
  END IF;
  r.chain := coalesce(r.tenant_id::text, 'platform');
  INSERT INTO public.audit_heads (chain, tenant_id, seq, hash) VALUES (r.chain, r.tenant_id, 0, sha256(''))
    ON CONFLICT DO NOTHING;
  SELECT * INTO head FROM public.audit_heads h WHERE h.chain = r.chain FOR UPDATE;
  r.id := (entry->>'id')::uuid;
  r.seq := head.seq + 1;
  r.created_at := clock_timestamp();
  r.category := entry->>'category';
  r.action := entry->>'action';
  r.actor_type := entry->>'actorType';
  r.actor_id := entry->>'actorId';
  r.target_type := entry->>'targetType';
  r.target_id := entry->>'targetId';
  r.result := coalesce(entry->>'result', 'success');
  r.request_id := entry->>'requestId';
  r.metadata := coalesce(entry->'metadata', '{}'::jsonb);
  IF entry->>'ip' IS NOT NULL OR entry->>'userAgent' IS NOT NULL THEN
    salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    r.personal_hash := sha256(salt || convert_to(
      jsonb_build_object('ip', entry->>'ip', 'userAgent', left(entry->>'userAgent', 512))::text, 'UTF8'));
  END IF;
  r.prev_hash := head.hash;
  r.hash := sha256(r.prev_hash || convert_to(public.audit_record(r), 'UTF8'));
  INSERT INTO public.audit_logs VALUES (r.*);
  IF salt IS NOT NULL THEN
    INSERT INTO public.audit_personal (audit_id, tenant_id, salt, ip, user_agent)
      VALUES (r.id, r.tenant_id, salt, entry->>'ip', left(entry->>'userAgent', 512));
  END IF;
  UPDATE public.audit_heads h SET seq = r.seq, hash = r.hash WHERE h.chain = r.chain;
  RETURN r.seq;
END $$;
REVOKE ALL ON FUNCTION audit_append(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append(jsonb) TO parley_app, parley_platform;

-- Enqueues a job in the caller's transaction. The queue's own tables stay closed to the application role.
CREATE FUNCTION parley_add_job(identifier text, payload json, run_at timestamptz, max_attempts int, job_key text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM graphile_worker.add_job(identifier, payload, run_at => run_at, max_attempts => max_attempts, job_key => job_key);
END $$;
REVOKE ALL ON FUNCTION parley_add_job(text, json, timestamptz, int, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parley_add_job(text, json, timestamptz, int, text) TO parley_app, parley_platform;

-- A conversation has at most one active run.
CREATE UNIQUE INDEX runs_one_active ON runs (tenant_id, conversation_id) WHERE status IN ('queued', 'running');
-- What the dispatcher looks for: runs without an owner or with a lease that ran out.
CREATE INDEX runs_claimable ON runs (lease_expires_at NULLS FIRST, created_at) WHERE status IN ('queued', 'running');

-- Search. `@@` is not leakproof, so under row-level security the planner would filter after reading every row of the
-- tenant; this function runs as the tables' owner, reads through the index, and names tenant and person itself.
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE TRIGGER messages_search BEFORE INSERT OR UPDATE OF content ON messages
  FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger(search, 'pg_catalog.simple', content);
CREATE TRIGGER conversations_search BEFORE INSERT OR UPDATE OF title ON conversations
  FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger(search, 'pg_catalog.simple', title);
CREATE INDEX messages_search ON messages USING gin (tenant_id, user_id, search) WHERE search IS NOT NULL;
CREATE INDEX conversations_search ON conversations USING gin (tenant_id, user_id, search) WHERE search IS NOT NULL;
CREATE POLICY search_reader ON messages FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY search_reader ON conversations FOR SELECT TO CURRENT_USER USING (true);

-- The words of a query, the last one as a prefix while it is being typed.
CREATE FUNCTION chat_query(words text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  last_word text := substring(words FROM '[[:alnum:]_]+$');
  whole tsquery := websearch_to_tsquery('simple', words);
BEGIN
  IF last_word IS NULL THEN
    RETURN whole;
  END IF;
  RETURN websearch_to_tsquery('simple', left(words, length(words) - length(last_word)))
    && to_tsquery('simple', quote_literal(last_word) || ':*');
END $$;

-- The caller's own conversations and messages that match, best first. At most 500 candidates are ranked. Matches stand
-- between chr(2) and chr(3) in `snippet`.
CREATE FUNCTION chat_search(words text, page_size int, page_offset int)
RETURNS TABLE (conversation_id uuid, message_id uuid, title text, snippet text, rank real, created_at timestamptz, archived_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE query tsquery := public.chat_query(words);
BEGIN
  RETURN QUERY
  WITH candidates AS (
    (SELECT m.conversation_id AS c_id, m.id AS m_id, m.content AS body, m.search AS vector, m.created_at AS at
       FROM public.messages m
      WHERE m.tenant_id = public.app_tenant_id() AND m.user_id = public.app_user_id() AND m.search @@ query LIMIT 500)
    UNION ALL
    (SELECT c.id, NULL, c.title::text, c.search, c.last_message_at
       FROM public.conversations c
      WHERE c.tenant_id = public.app_tenant_id() AND c.user_id = public.app_user_id() AND c.search @@ query LIMIT 500)
  ), ranked AS (
    SELECT k.*, c.title AS c_title, c.archived_at AS c_archived_at,
           (ts_rank_cd(k.vector, query) * CASE WHEN k.m_id IS NULL THEN 4 ELSE 1 END)::real AS score
      FROM candidates k
      JOIN public.conversations c ON c.tenant_id = public.app_tenant_id() AND c.id = k.c_id AND c.deleted_at IS NULL
     ORDER BY score DESC, k.at DESC, k.c_id, k.m_id LIMIT page_size OFFSET page_offset
  )
  SELECT r.c_id, r.m_id, r.c_title::text,
         ts_headline('simple', left(r.body, 20000), query,
           'MaxFragments=1, MaxWords=28, MinWords=12, StartSel="' || chr(2) || '", StopSel="' || chr(3) || '"'),
         r.score, r.at::timestamptz, r.c_archived_at::timestamptz
    FROM ranked r ORDER BY r.score DESC, r.at DESC, r.c_id, r.m_id;
END $$;
REVOKE ALL ON FUNCTION chat_search(text, int, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chat_search(text, int, int) TO parley_app;
