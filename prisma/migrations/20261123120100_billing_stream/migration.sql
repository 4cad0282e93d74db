-- Who publishes what a workspace was told: one instance at a time, so that it goes out in order.
ALTER TABLE billing_stream_heads ADD COLUMN publisher_id uuid, ADD COLUMN publisher_until timestamptz(3);

-- The places of a workspace's open billing pages, three of them; one that ran out is taken over by the next.
CREATE UNLOGGED TABLE billing_stream_places (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  place smallint NOT NULL CHECK (place BETWEEN 1 AND 3),
  id uuid NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, place)
);
ALTER TABLE billing_stream_places ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing_stream_places FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON billing_stream_places USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id());
