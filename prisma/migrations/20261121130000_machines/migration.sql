-- Machine accounts, the tokens they carry, the keys that sign them, and nonces that count once.

CREATE TYPE signing_key_state AS ENUM ('next', 'active', 'retiring', 'retired');

-- Keys are never replaced in place: a row's public part and envelope stay as they were made.
CREATE TABLE signing_keys (
  kid text PRIMARY KEY,
  state signing_key_state NOT NULL,
  algorithm text NOT NULL,
  public_jwk jsonb NOT NULL,
  private_key bytea NOT NULL,
  key_id text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  activated_at timestamptz(3),
  retiring_at timestamptz(3),
  retired_at timestamptz(3)
);
CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (state) WHERE state = 'next';
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (state) WHERE state = 'active';

-- An account belongs to a tenant, or to the platform when tenant_id is null.
CREATE TABLE service_accounts (
  id uuid PRIMARY KEY,
  tenant_id uuid REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  name varchar(48) NOT NULL,
  description varchar(200) NOT NULL,
  is_catalogued boolean NOT NULL,
  scopes text[] NOT NULL,
  created_by uuid,
  created_at timestamptz(3) NOT NULL,
  disabled_at timestamptz(3)
);
CREATE UNIQUE INDEX service_accounts_tenant_id_id_key ON service_accounts (tenant_id, id);
CREATE UNIQUE INDEX service_accounts_one_name ON service_accounts (tenant_id, name) NULLS NOT DISTINCT;

-- One row per issued pair of access and refresh token; a refresh makes the next row of the same family.
CREATE TABLE service_account_tokens (
  id uuid PRIMARY KEY,
  tenant_id uuid,
  account_id uuid NOT NULL REFERENCES service_accounts (id) ON DELETE CASCADE ON UPDATE CASCADE,
  family_id uuid NOT NULL,
  scopes text[] NOT NULL,
  scope_key text NOT NULL,
  refresh_token_hash bytea NOT NULL,
  pepper_key_id text NOT NULL,
  fingerprint varchar(16) NOT NULL,
  signing_kid text NOT NULL REFERENCES signing_keys (kid) ON DELETE RESTRICT ON UPDATE CASCADE,
  issued_via text NOT NULL,
  issued_by uuid,
  reason varchar(300) NOT NULL,
  created_at timestamptz(3) NOT NULL,
  access_expires_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3),
  successor_id uuid,
  revoked_at timestamptz(3),
  revoked_by uuid,
  revoked_reason varchar(300),
  -- The account's tenant and the token's are the same one; a plain foreign key would not see to it.
  CONSTRAINT service_account_tokens_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id)
    REFERENCES service_accounts (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX service_account_tokens_refresh_token_hash_key ON service_account_tokens (refresh_token_hash);
CREATE INDEX service_account_tokens_tenant_id_created_at_idx ON service_account_tokens (tenant_id, created_at DESC);
CREATE INDEX service_account_tokens_tenant_id_family_id_idx ON service_account_tokens (tenant_id, family_id);
CREATE INDEX service_account_tokens_fingerprint_idx ON service_account_tokens (fingerprint);
-- One active token per account, tenant and scope set.
CREATE UNIQUE INDEX service_account_tokens_one_active ON service_account_tokens (tenant_id, account_id, scope_key)
  NULLS NOT DISTINCT WHERE used_at IS NULL AND revoked_at IS NULL;

CREATE TABLE auth_nonces (
  purpose text NOT NULL,
  nonce_hash bytea NOT NULL,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (purpose, nonce_hash),
  CONSTRAINT auth_nonces_five_minutes CHECK (expires_at <= created_at + interval '5 minutes')
);
CREATE INDEX auth_nonces_expires_at_idx ON auth_nonces (expires_at);

-- A tenant's transaction sees the tenant's rows. The platform's own are seen where neither tenant nor person is named.
-- A person outside any tenant reads what the workspaces have that they manage.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['service_accounts', 'service_account_tokens'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant_isolation ON %I
      USING (tenant_id = app_tenant_id() OR (tenant_id IS NULL AND app_tenant_id() IS NULL AND app_user_id() IS NULL))
      WITH CHECK (tenant_id = app_tenant_id() OR (tenant_id IS NULL AND app_tenant_id() IS NULL AND app_user_id() IS NULL))', t);
    EXECUTE format('CREATE POLICY managers_read ON %1$I FOR SELECT
      USING (app_tenant_id() IS NULL AND EXISTS (SELECT 1 FROM tenant_members m
        WHERE m.tenant_id = %1$I.tenant_id AND m.user_id = app_user_id() AND m.role IN (''owner'', ''admin'')))', t);
  END LOOP;
END $$;
