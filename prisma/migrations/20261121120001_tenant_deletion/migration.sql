-- Deleting a workspace: closed at once, erased after a time in which an owner can bring it back.

-- Set while a workspace waits for its end: it is not found by anybody, and owners can undo it.
ALTER TABLE tenants ADD COLUMN deleted_at timestamptz(3), ADD COLUMN delete_after timestamptz(3);

-- The order to erase, and afterwards the certificate. It outlives the workspace, so it has no foreign key. Whether a
-- workspace stays or goes is decided on this row: undoing removes it, erasing marks it.
CREATE TABLE tenant_deletions (
  tenant_id uuid PRIMARY KEY,
  tenant_name text NOT NULL,
  requested_by uuid,
  owner_ids uuid[] NOT NULL,
  requested_at timestamptz(3) NOT NULL,
  due_at timestamptz(3) NOT NULL,
  erasing_at timestamptz(3),
  counts jsonb,
  erased_at timestamptz(3),
  certificate text
);
CREATE INDEX tenant_deletions_due_at_idx ON tenant_deletions (due_at);

ALTER TABLE tenant_deletions ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_deletions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenant_deletions
  USING (tenant_id = app_tenant_id() OR app_user_id() = ANY (owner_ids))
  WITH CHECK (tenant_id = app_tenant_id());
