-- Who sees a delegation: its holder, and those who read that source's history. Who lends, and who ends it
-- early: those who may act there by their own role; what is lent is not lent on. Nobody deletes one, so
-- that past ones can be listed. Forced, so it binds governance_sources as well, which runs as the owner
-- and reads the holder's own rows; hence governance_own_sources here, which reads no delegation.
-- What a delegation may say is in delegation_lent.sql and delegation_ended.sql.
ALTER TABLE delegation ENABLE ROW LEVEL SECURITY;
ALTER TABLE delegation FORCE ROW LEVEL SECURITY;

CREATE POLICY machine ON delegation
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY seen ON delegation FOR SELECT
  USING (holder_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_own_sources('history'))::text[]));

CREATE POLICY lent ON delegation FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_own_sources('act'))::text[]));

CREATE POLICY ended ON delegation FOR UPDATE
  USING (source = ANY ((SELECT governance_own_sources('act'))::text[]));
