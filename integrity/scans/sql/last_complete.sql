-- Per source, the last complete scan whose date can be believed, since when the console knows the source, and
-- whether there is any complete scan: index look-ups, however long the source has been failing. Not believed: a date in the future (after `latest`),
-- and while CLOCK_SKEW stands a date after it was noticed, because that future arrives one day.
SELECT held.slug,
       (SELECT scan.started_at FROM integrity_scan AS scan
        WHERE scan.source = held.slug AND scan.outcome = 'COMPLETE'
          AND scan.started_at <= least(%(latest)s::timestamptz, (
            SELECT min(alert.first_detected_at) FROM system_alerts AS alert
            WHERE alert.source = 'console' AND alert.check_code = 'CLOCK_SKEW'
              AND alert.entity_type = 'SOURCE' AND alert.entity_id = held.slug
              AND alert.status IN ('OPEN', 'ACK')))
        ORDER BY scan.number DESC LIMIT 1),
       (SELECT run.known_since FROM job_run AS run
        WHERE run.key = 'scan' AND run.source = held.slug),
       (SELECT true FROM integrity_scan AS scan
        WHERE scan.source = held.slug AND scan.outcome = 'COMPLETE'
        ORDER BY scan.number DESC LIMIT 1) IS NOT NULL
FROM unnest(%(sources)s::text[]) AS held (slug)
ORDER BY held.slug
