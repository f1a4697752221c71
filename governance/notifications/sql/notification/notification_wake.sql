-- Have a worker look at the outbox at this instant: one job of the queue per transaction and instant. There is no queueing
-- lock: a job that waits may be fetched before the transaction that relied on it is committed.
CREATE FUNCTION notification_wake(at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  mark constant text := pg_current_xact_id()::text || ' ' || at::text;
BEGIN
  IF current_setting('governance.notified', true) IS NOT DISTINCT FROM mark THEN
    RETURN;
  END IF;
  PERFORM set_config('governance.notified', mark, true);
  PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW('messages', 'notifications.work', 0, NULL, NULL, '{}',
    CASE WHEN at > now() THEN at END)::procrastinate_job_to_defer_v1]);
END $$;
