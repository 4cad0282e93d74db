-- People of a workspace: how many may belong to it, who is invited, and who belongs to none any more.
ALTER TABLE "tenants" ADD COLUMN "seat_limit" INTEGER CHECK ("seat_limit" >= 0);
ALTER TABLE "users" ADD COLUMN "without_workspace_at" TIMESTAMPTZ(3);

CREATE TABLE "tenant_invites" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" "tenant_role" NOT NULL,
    "message" TEXT,
    "secret_hash" BYTEA NOT NULL,
    "copied_hash" BYTEA,
    "hint" VARCHAR(4) NOT NULL,
    "invited_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_by" UUID,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" UUID,

    CONSTRAINT "tenant_invites_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "tenant_invites_secret_hash_key" ON "tenant_invites" ("secret_hash");
CREATE UNIQUE INDEX "tenant_invites_copied_hash_key" ON "tenant_invites" ("copied_hash");
CREATE INDEX "tenant_invites_tenant_id_created_at_id_idx" ON "tenant_invites" ("tenant_id", "created_at" DESC, "id");
-- An address is invited once at a time.
CREATE UNIQUE INDEX "tenant_invites_one_open" ON "tenant_invites" ("tenant_id", "email")
  WHERE "accepted_at" IS NULL AND "revoked_at" IS NULL;
ALTER TABLE "tenant_invites" ADD CONSTRAINT "tenant_invites_tenant_id_fkey"
  FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "tenant_invites" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tenant_invites" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON "tenant_invites"
  USING ("tenant_id" = app_tenant_id()) WITH CHECK ("tenant_id" = app_tenant_id());

-- The table of members is read by rank, then by age.
CREATE INDEX "tenant_members_tenant_id_role_created_at_user_id_idx"
  ON "tenant_members" ("tenant_id", "role", "created_at", "user_id");
