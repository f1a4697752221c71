-- Only the timetable writes what a scheduled job did; it leaves no entry. A job that concerns no source is seen by
-- everybody who sees anything; the others by those who hold their source.
ALTER TABLE job_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_run FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON job_run
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) = 'schedule' AND (SELECT governance_user_id()) IS NULL);
CREATE POLICY seen ON job_run FOR SELECT
  USING (coalesce(nullif(source, ''), 'console')
         = ANY ((SELECT governance_sources('view_integrity'))::text[]));
