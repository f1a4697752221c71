-- Everybody sees, adds and forgets the own devices. Not forced: account_gone removes them as the owner.
ALTER TABLE person_device ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON person_device
  USING (user_id = (SELECT governance_user_id()))
  WITH CHECK (user_id = (SELECT governance_user_id()));
