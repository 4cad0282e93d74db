-- How many people may belong to a workspace at an instant: what its plan allows, or fewer where fewer were agreed. Null is
-- any number. Read in a statement of its own after the workspace's lock is held, so that a plan changed meanwhile counts.
CREATE FUNCTION seats_of(tenant uuid, at timestamptz) RETURNS integer LANGUAGE sql STABLE
  RETURN (SELECT least(t.seat_limit, v.seat_max)
            FROM tenants t
            LEFT JOIN LATERAL plan_of(t.id, at) p ON true
            LEFT JOIN plan_versions v ON v.id = p.plan_version_id
           WHERE t.id = tenant);
