-- Per source, the last complete scan and since when the console knows the source: two index look-ups
-- each, however long the source has been failing.
SELECT held.slug,
       (SELECT scan.started_at FROM integrity_scan AS scan
        WHERE scan.source = held.slug AND scan.outcome = 'COMPLETE'
        ORDER BY scan.started_at DESC LIMIT 1),
       (SELECT run.known_since FROM job_run AS run
        WHERE run.key = 'scan' AND run.source = held.slug)
FROM unnest(%(sources)s::text[]) AS held (slug)
ORDER BY held.slug
