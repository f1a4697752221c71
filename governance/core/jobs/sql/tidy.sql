-- Forget jobs that ended long ago without success; the successful are deleted as they end.
DELETE FROM procrastinate_jobs AS job
WHERE job.status NOT IN ('todo', 'doing')
  AND NOT EXISTS (SELECT FROM procrastinate_events AS event
                  WHERE event.job_id = job.id AND event.at > now() - interval '30 days')
