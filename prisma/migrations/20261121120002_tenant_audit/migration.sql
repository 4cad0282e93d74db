-- A workspace reads its own log newest first.
CREATE INDEX "audit_logs_tenant_id_id_idx" ON "audit_logs"("tenant_id", "id" DESC);
