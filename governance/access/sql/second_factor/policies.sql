-- Second factors are read and changed by their own person and by nobody else, the machine included: whoever signs in is
-- the acting person from the password on. Not forced: the functions beside this file answer whether somebody has one.
ALTER TABLE mfa_authenticator ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON mfa_authenticator
  USING (user_id = (SELECT governance_user_id()))
  WITH CHECK (user_id = (SELECT governance_user_id()));
