-- Prices that operators draft and publish in the browser. A draft prices nothing; what is published is a version like any
-- other, which the catalogue's file no longer rewrites while it is still to come.

CREATE TABLE rate_card_drafts (
  rate_card_id uuid PRIMARY KEY REFERENCES rate_cards (id) ON DELETE CASCADE ON UPDATE CASCADE,
  revision integer NOT NULL CHECK (revision > 0),
  entry jsonb NOT NULL,
  updated_by uuid NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON rate_card_drafts FROM parley_app;

ALTER TABLE rate_card_versions ADD COLUMN is_fixed boolean NOT NULL DEFAULT false;
