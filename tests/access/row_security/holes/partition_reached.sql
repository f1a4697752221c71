-- finding: RLS_DISABLED
-- Policies of the parent do not hold for whoever reads the partition itself.
CREATE TABLE events (id uuid, user_id uuid NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_now PARTITION OF events FOR VALUES FROM ('2000-01-01') TO ('2100-01-01');
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON events FOR SELECT TO authenticated USING (user_id = auth.uid());
GRANT SELECT ON events, events_now TO authenticated;
