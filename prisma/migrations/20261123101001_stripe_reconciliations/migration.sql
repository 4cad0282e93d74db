-- Up to when Stripe's own list of events was gone through: the next run begins there, however long none was made.
CREATE TABLE stripe_reconciliations (
  id uuid PRIMARY KEY,
  started_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3) NOT NULL,
  covered_until timestamptz(3) NOT NULL,
  listed integer NOT NULL CHECK (listed >= 0),
  -- Those that no delivery had brought.
  missing integer NOT NULL CHECK (missing >= 0 AND missing <= listed)
);
CREATE INDEX stripe_reconciliations_covered_until_idx ON stripe_reconciliations (covered_until DESC);
REVOKE ALL ON stripe_reconciliations FROM parley_app;
