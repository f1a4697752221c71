-- Everybody sees the own sessions, by their names, which open nothing. They end by the functions beside this file.
ALTER TABLE person_session ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON person_session FOR SELECT
  USING (user_id = (SELECT governance_user_id()));
CREATE POLICY begun ON person_session FOR INSERT
  WITH CHECK (user_id = (SELECT governance_user_id()) AND ended_at IS NULL AND reason = '');
