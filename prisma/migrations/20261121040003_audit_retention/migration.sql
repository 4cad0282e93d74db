-- How the audit log is read by operators, and how it ends: rows older than 365 days are cut off the beginning of their
-- chain. The hash of the last row that went is kept as the chain's checkpoint, from which verification starts, and a row
-- of the chain itself tells of the cut, so that a checkpoint cannot be made up.
CREATE INDEX "audit_logs_actor_id_id_idx" ON "audit_logs"("actor_id", "id" DESC);
CREATE INDEX "audit_logs_target_id_id_idx" ON "audit_logs"("target_id", "id" DESC);

CREATE TABLE "audit_checkpoints" (
    "chain" TEXT NOT NULL,
    "tenant_id" UUID,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "cut_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_checkpoints_pkey" PRIMARY KEY ("chain")
);
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_checkpoints FROM parley_app, parley_platform;
ALTER TABLE audit_checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_checkpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON audit_checkpoints FOR SELECT USING (tenant_id = app_tenant_id());
CREATE POLICY chain_writer ON audit_checkpoints TO CURRENT_USER USING (true) WITH CHECK (true);

-- Nothing changes a row; only audit_cut, which says so for its transaction, deletes one, and none before its time.
CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF current_setting('parley.audit_cut', true) = OLD.chain AND OLD.created_at < now() - interval '365 days' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'audit_logs is append-only';
END $$;

-- Cuts what is older than 365 days off one chain and answers how many rows went. Everything before the first row that
-- stays goes, so that the rest is without a gap.
CREATE FUNCTION audit_cut(chain_name text, row_id uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  head public.audit_heads;
  first_kept bigint;
  last_cut public.audit_logs;
  removed bigint;
BEGIN
  SELECT * INTO head FROM public.audit_heads h WHERE h.chain = chain_name FOR UPDATE;
  SELECT min(l.seq) INTO first_kept FROM public.audit_logs l
   WHERE l.chain = chain_name AND l.created_at >= now() - interval '365 days';
  SELECT * INTO last_cut FROM public.audit_logs l
   WHERE l.chain = chain_name AND l.seq = coalesce(first_kept, head.seq + 1) - 1;
  IF last_cut.id IS NULL THEN
    RETURN 0;
  END IF;
  PERFORM set_config('parley.audit_cut', chain_name, true);
  DELETE FROM public.audit_personal p USING public.audit_logs l
   WHERE p.audit_id = l.id AND l.chain = chain_name AND l.seq <= last_cut.seq;
  DELETE FROM public.audit_logs l WHERE l.chain = chain_name AND l.seq <= last_cut.seq;
  GET DIAGNOSTICS removed = ROW_COUNT;
  PERFORM set_config('parley.audit_cut', '', true);
  INSERT INTO public.audit_checkpoints (chain, tenant_id, seq, hash, cut_at)
    VALUES (chain_name, last_cut.tenant_id, last_cut.seq, last_cut.hash, now())
    ON CONFLICT (chain) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash, cut_at = EXCLUDED.cut_at;
  PERFORM public.audit_append(jsonb_build_object(
    'id', row_id, 'tenantId', last_cut.tenant_id, 'category', 'system', 'action', 'audit.cut', 'actorType', 'system',
    'targetType', 'audit_chain', 'targetId', chain_name,
    'metadata', jsonb_build_object('seq', last_cut.seq, 'hash', encode(last_cut.hash, 'hex'), 'rows', removed)));
  RETURN removed;
END $$;
REVOKE ALL ON FUNCTION audit_cut(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_cut(text, uuid) TO parley_platform;
