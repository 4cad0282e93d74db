-- A workspace that is deleted pays for no further period: its subscription bears the deletion that has ended it until it
-- goes on with the workspace. What a person has cancelled bears none.
ALTER TABLE subscriptions
  ADD COLUMN ended_by_deletion_at timestamptz(3),
  ADD COLUMN deletion_endings int NOT NULL DEFAULT 0;
