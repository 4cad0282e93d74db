-- Support access that a workspace grants: asked for with a reason, approved for a scope and a time, ended at any moment.
CREATE TYPE support_scope AS ENUM ('metadata', 'content');
CREATE TYPE support_grant_state AS ENUM ('pending', 'live', 'declined', 'ended', 'withdrawn', 'lapsed');

CREATE TABLE support_grants (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id uuid NOT NULL,
  -- Null once the person's account is erased.
  operator_id uuid,
  reason text NOT NULL,
  wanted_scope support_scope NOT NULL,
  wanted_hours integer NOT NULL,
  state support_grant_state NOT NULL DEFAULT 'pending',
  created_at timestamptz(3) NOT NULL,
  scope support_scope,
  expires_at timestamptz(3),
  decided_at timestamptz(3),
  decided_by uuid,
  ended_at timestamptz(3),
  ended_by uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT support_grants_live_is_bounded CHECK (
    state <> 'live' OR (operator_id IS NOT NULL AND scope IS NOT NULL AND expires_at IS NOT NULL
      AND expires_at <= decided_at + make_interval(hours => wanted_hours)
      AND (wanted_scope = 'content' OR scope = 'metadata')))
);
CREATE INDEX support_grants_tenant_id_created_at_idx ON support_grants (tenant_id, created_at DESC);
CREATE INDEX support_grants_operator_id_idx ON support_grants (operator_id);
-- An operator waits once per workspace, and looks into it under one grant at a time.
CREATE UNIQUE INDEX support_grants_one_pending ON support_grants (tenant_id, operator_id) WHERE state = 'pending';
CREATE UNIQUE INDEX support_grants_one_live ON support_grants (tenant_id, operator_id) WHERE state = 'live';

ALTER TABLE support_grants ENABLE ROW LEVEL SECURITY;
ALTER TABLE support_grants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON support_grants
  USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id());
REVOKE DELETE ON support_grants FROM parley_app;

-- Which build a process runs, for the operators' page of the system.
ALTER TABLE instances ADD COLUMN version text;
