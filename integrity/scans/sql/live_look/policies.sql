-- Who looked at a source live, and when; counted for the limit per person, forgotten after an hour. The
-- database fills in who and when, and shows and forgets one's own looks only.
ALTER TABLE live_look ENABLE ROW LEVEL SECURITY;
ALTER TABLE live_look FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON live_look
  USING (person = (SELECT governance_user_id()))
  WITH CHECK (person = (SELECT governance_user_id()));
