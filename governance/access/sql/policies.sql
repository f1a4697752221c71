-- Nobody reads or writes the counts but the functions beside this file, as the owner.
ALTER TABLE sign_in_count ENABLE ROW LEVEL SECURITY;
