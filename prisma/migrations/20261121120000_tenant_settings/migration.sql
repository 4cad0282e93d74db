-- What a workspace's admins set for it, and how its address changes.

-- A row per workspace that was ever set; without one, everything is as usual. The version that saving checks is the
-- tenant's own (tenants.version).
CREATE TABLE tenant_settings (
  tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  billing_contacts text[] NOT NULL DEFAULT '{}',
  billing_webhook_url text,
  plan_metadata jsonb NOT NULL DEFAULT '{}',
  default_agent text,
  default_model text,
  retention_days integer CHECK (retention_days BETWEEN 1 AND 3650),
  switched_off text[] NOT NULL DEFAULT '{}',
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX tenant_settings_retention_days_idx ON tenant_settings (retention_days);

-- Former slugs lead to their workspace until `held_until`; nobody else can take them before.
CREATE TABLE tenant_slug_holds (
  slug varchar(48) PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  held_until timestamptz(3) NOT NULL
);
CREATE INDEX tenant_slug_holds_tenant_id_held_until_idx ON tenant_slug_holds (tenant_id, held_until);

ALTER TABLE tenant_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenant_settings
  USING (tenant_id = app_tenant_id()) WITH CHECK (tenant_id = app_tenant_id());

ALTER TABLE tenant_slug_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_slug_holds FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenant_slug_holds
  USING (tenant_id = app_tenant_id()
    OR EXISTS (SELECT 1 FROM tenant_members m
                WHERE m.tenant_id = tenant_slug_holds.tenant_id AND m.user_id = app_user_id()))
  WITH CHECK (tenant_id = app_tenant_id());
CREATE POLICY slug_keeper ON tenant_slug_holds TO CURRENT_USER USING (true);

-- Slugs and held slugs are one set of names. Whoever gives one up and whoever takes it wait for each other; a held slug
-- is passed over when a workspace is made, and refused like a taken one when a workspace changes to it.
CREATE FUNCTION tenant_slug_claim() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  name text;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.slug = OLD.slug THEN
    RETURN NEW;
  END IF;
  FOR name IN
    SELECT s FROM unnest(CASE WHEN TG_OP = 'UPDATE' THEN ARRAY[OLD.slug, NEW.slug] ELSE ARRAY[NEW.slug] END) s ORDER BY s
  LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('tenant-slug|' || name, 0));
  END LOOP;
  IF EXISTS (SELECT FROM public.tenant_slug_holds h
              WHERE h.slug = NEW.slug AND h.tenant_id <> NEW.id AND h.held_until > now()) THEN
    IF TG_OP = 'INSERT' THEN
      RETURN NULL;
    END IF;
    RAISE unique_violation USING MESSAGE = 'the slug is held', CONSTRAINT = 'tenants_slug_key', TABLE = 'tenants';
  END IF;
  -- What is left of somebody's former use ends with the new one.
  DELETE FROM public.tenant_slug_holds h WHERE h.slug = NEW.slug;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION tenant_slug_claim() FROM PUBLIC;
CREATE TRIGGER tenants_slug_claim BEFORE INSERT OR UPDATE OF slug ON tenants
  FOR EACH ROW EXECUTE FUNCTION tenant_slug_claim();
