-- Browsers that a person has signed in from, the network prefixes a session was used from, and what opening a session
-- records beside its row.

CREATE TABLE devices (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  secret_hash bytea NOT NULL,
  look text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  last_seen_at timestamptz(3) NOT NULL,
  announced_at timestamptz(3)
);
CREATE UNIQUE INDEX devices_user_id_secret_hash_key ON devices (user_id, secret_hash);

ALTER TABLE sessions
  ADD COLUMN device_id uuid REFERENCES devices (id) ON DELETE SET NULL ON UPDATE CASCADE,
  ADD COLUMN known_prefix_hashes text[] NOT NULL DEFAULT '{}';

-- Ties a session that was just inserted to its browser, in the transaction that opens it. An unknown browser of a person
-- who has signed in before is announced by mail: by a job that exists exactly when the session does. One mail an hour is
-- enough for browsers that look alike. A session that takes the place of another one inherits from it and announces
-- nothing.
CREATE FUNCTION session_opened(
  opened_id text, person uuid, browser_hash bytea, browser_look text, at timestamptz, previous_id text, new_device_id uuid,
  is_place_wanted boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  previous sessions;
  device devices;
  is_news boolean := false;
BEGIN
  SELECT * INTO previous FROM sessions s WHERE s.id = previous_id AND s.user_id = person;
  UPDATE devices d SET last_seen_at = at WHERE d.user_id = person AND d.secret_hash = browser_hash RETURNING * INTO device;
  IF device.id IS NULL THEN
    is_news := previous.id IS NULL AND EXISTS (SELECT FROM devices d WHERE d.user_id = person) AND NOT EXISTS (
      SELECT FROM devices d WHERE d.user_id = person AND d.look = browser_look AND d.announced_at > at - interval '1 hour');
    INSERT INTO devices (id, user_id, secret_hash, look, created_at, last_seen_at, announced_at)
      VALUES (new_device_id, person, browser_hash, browser_look, at, at, CASE WHEN is_news THEN at END)
      ON CONFLICT (user_id, secret_hash) DO UPDATE SET last_seen_at = excluded.last_seen_at
      RETURNING * INTO device;
  END IF;
  UPDATE sessions s SET device_id = device.id,
         active_tenant_id = coalesce(s.active_tenant_id, previous.active_tenant_id),
         known_prefix_hashes = ARRAY(
           SELECT DISTINCT unnest(s.known_prefix_hashes || coalesce(previous.known_prefix_hashes, '{}')))
   WHERE s.id = opened_id;
  IF is_news OR is_place_wanted THEN
    PERFORM parley_add_job('auth.session-opened',
      json_build_object('sessionId', opened_id, 'isNewDevice', is_news), NULL, 10, NULL);
  END IF;
END $$;
REVOKE ALL ON FUNCTION session_opened(text, uuid, bytea, text, timestamptz, text, uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION session_opened(text, uuid, bytea, text, timestamptz, text, uuid, boolean)
  TO parley_app, parley_platform;
