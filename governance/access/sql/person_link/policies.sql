-- Nobody reads or writes links but the functions beside this file, as the owner: a row holds the hash of the secret that
-- was handed out, and whose hash is brought is the one that is meant.
ALTER TABLE person_link ENABLE ROW LEVEL SECURITY;
