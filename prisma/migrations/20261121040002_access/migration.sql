-- Asking for access, and what operators decide. Invites may lead into a workspace that exists.
CREATE TYPE "access_request_state" AS ENUM ('pending', 'approved', 'rejected');
CREATE TABLE "access_requests" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "full_name" TEXT NOT NULL,
    "organisation" TEXT NOT NULL,
    "message" TEXT,
    "status" "access_request_state" NOT NULL DEFAULT 'pending',
    "ip_hash" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" UUID,
    "decision_reason" TEXT,
    "invite_id" UUID,

    CONSTRAINT "access_requests_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "access_requests_status_created_at_idx" ON "access_requests"("status", "created_at" DESC);
CREATE INDEX "access_requests_ip_hash_idx" ON "access_requests"("ip_hash");
-- An address waits once, however often it asks.
CREATE UNIQUE INDEX "access_requests_one_pending" ON "access_requests" ("email") WHERE "status" = 'pending';

ALTER TABLE "signup_invites"
    ADD COLUMN "joins_tenant_id" UUID,
    ADD COLUMN "revoked_by" UUID;
ALTER TABLE "signup_invites" ADD CONSTRAINT "signup_invites_joins_tenant_id_fkey"
    FOREIGN KEY ("joins_tenant_id") REFERENCES "tenants"("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "signup_invites_created_at_idx" ON "signup_invites"("created_at" DESC);
