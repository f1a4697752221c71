-- Scheduled jobs whose last run did not do its work.
SELECT
    coalesce(nullif(r.source, ''), 'console') || '/' || r.key AS entity_id,
    rtrim(r.key || ' ' || r.source) AS job,
    coalesce(nullif(r.said, ''), 'code ' || r.exit_code) AS said,
    r.exit_code,
    r.started_at AS detected_at
FROM job_run AS r
WHERE NOT r.answered
