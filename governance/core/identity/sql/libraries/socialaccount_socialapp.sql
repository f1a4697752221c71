-- A table that a library brings and nobody uses: providers stand in the environment.
ALTER TABLE socialaccount_socialapp ENABLE ROW LEVEL SECURITY;
