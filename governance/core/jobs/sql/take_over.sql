-- Give the jobs of dead workers to the living. A job whose successor already waits is dropped, because
-- two of one queueing lock may not wait. One statement, rows locked: two workers that look at the same
-- instant do not both put a job back, which would run it twice.
WITH orphan AS (
  SELECT job.id, job.task_name, job.args, job.queueing_lock
  FROM procrastinate_jobs AS job
  WHERE job.status = 'doing'
    AND NOT EXISTS (
      SELECT FROM procrastinate_workers AS worker
      WHERE worker.id = job.worker_id
        AND worker.last_heartbeat > now() - make_interval(secs => %(dead_after_s)s))
  FOR UPDATE OF job SKIP LOCKED
)
SELECT orphan.id, orphan.task_name, orphan.args,
       CASE
         WHEN EXISTS (SELECT FROM procrastinate_jobs AS waiting
                      WHERE waiting.status = 'todo' AND waiting.queueing_lock = orphan.queueing_lock)
         THEN procrastinate_finish_job_v1(orphan.id, 'aborted', true)::text
         ELSE procrastinate_retry_job_v2(orphan.id, NULL, NULL, NULL, NULL)::text
       END AS done
FROM orphan
