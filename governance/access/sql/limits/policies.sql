-- Nobody reads or writes the counts but the functions beside this file, as the owner.
ALTER TABLE request_count ENABLE ROW LEVEL SECURITY;
