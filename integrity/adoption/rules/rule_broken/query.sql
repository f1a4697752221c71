-- Rules of a watched source's pack that cannot be used there.
SELECT
    f.source || '/' || f.code AS entity_id,
    f.code AS rule,
    f.source,
    split_part(f.problem, E'\n', 1) AS first,
    f.problem,
    f.since AS detected_at
FROM rule_fault AS f
JOIN watched_source AS w ON w.source = f.source AND w.interval_s IS NOT NULL
