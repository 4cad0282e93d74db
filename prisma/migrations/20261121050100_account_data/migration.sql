-- What people decide about their own data: how times are shown to them, a picture, copies of their data, and leaving.

-- Unset means: as the browser says.
ALTER TABLE user_profiles ALTER COLUMN time_zone DROP NOT NULL, ALTER COLUMN time_zone DROP DEFAULT;
ALTER TABLE user_profiles ALTER COLUMN locale DROP NOT NULL, ALTER COLUMN locale DROP DEFAULT;
UPDATE user_profiles SET time_zone = NULL, locale = NULL;
ALTER TABLE user_profiles ADD COLUMN avatar_id uuid, ADD COLUMN avatar_media_type text;

-- Set while an account waits for its deletion: nobody signs in to it.
ALTER TABLE users ADD COLUMN deletion_due_at timestamptz(3);

-- Stored files in pieces, under keys such as "exports/<person>/<id>".
CREATE TABLE stored_pieces (
  key text NOT NULL,
  position integer NOT NULL,
  bytes bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (key, position)
);
ALTER TABLE stored_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TYPE data_export_state AS ENUM ('preparing', 'ready');
CREATE TABLE data_exports (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  state data_export_state NOT NULL DEFAULT 'preparing',
  size_bytes bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL,
  ready_at timestamptz(3),
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX data_exports_user_id_created_at_idx ON data_exports (user_id, created_at DESC);
-- One copy at a time.
CREATE UNIQUE INDEX data_exports_one_preparing ON data_exports (user_id) WHERE state = 'preparing';

-- The row outlives the person's other rows while they are being erased, so it has no foreign key.
CREATE TABLE account_deletions (
  user_id uuid PRIMARY KEY,
  secret_hash bytea NOT NULL,
  requested_at timestamptz(3) NOT NULL,
  due_at timestamptz(3) NOT NULL,
  erasing_at timestamptz(3)
);
CREATE UNIQUE INDEX account_deletions_secret_hash_key ON account_deletions (secret_hash);
CREATE INDEX account_deletions_due_at_idx ON account_deletions (due_at);
