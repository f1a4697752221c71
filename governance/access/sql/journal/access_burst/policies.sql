-- Nobody reads or writes the counts but access_note and access_tidy, as the owner.
ALTER TABLE access_burst ENABLE ROW LEVEL SECURITY;
