-- Whoever brings a session's key has that session and no other: the table itself is granted to nobody, and the functions
-- beside this file read it as the owner.
ALTER TABLE django_session ENABLE ROW LEVEL SECURITY;
