-- What operators hold against an account: a lock and a disablement are facts of their own, each with its reason. The
-- brute-force lock is a third one and stands in login_failures. `status` follows from them.
ALTER TABLE "users"
    ADD COLUMN "locked_at" TIMESTAMPTZ(3),
    ADD COLUMN "locked_reason" TEXT,
    ADD COLUMN "disabled_at" TIMESTAMPTZ(3),
    ADD COLUMN "disabled_reason" TEXT;
CREATE INDEX "users_created_at_id_idx" ON "users"("created_at" DESC, "id" DESC);
