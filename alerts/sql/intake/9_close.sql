-- Gone from a complete snapshot: closed by the scan, with the reason. An anomaly that was last seen by
-- another version of its rule is not claimed to be mended, and both versions stand in the ledger's entry.
UPDATE system_alerts AS a
SET status = 'RESOLVED',
    rule_version = %(versions)s::jsonb ->> a.check_code,
    resolution_cause = coalesce(
      gone.cause,
      CASE
        WHEN a.rule_version IS NULL OR a.rule_version = %(versions)s::jsonb ->> a.check_code
          THEN 'DATA_FIXED'
        WHEN %(versions)s::jsonb ? a.check_code THEN 'RULE_CHANGED'
        ELSE 'RULE_REMOVED'
      END)
FROM absent AS gone
WHERE a.id = gone.id AND a.version = gone.version
  AND gone.ctid BETWEEN %(first)s::tid AND %(last)s::tid
