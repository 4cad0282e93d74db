-- The workspace that the session of a sign-in goes on in; null where there is no session, or none was used yet. It belongs
-- to the person's history, not to the tenant, and so it is named as in sessions.
ALTER TABLE "user_login_events" ADD COLUMN "active_tenant_id" UUID;
