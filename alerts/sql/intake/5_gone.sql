-- Why each absent alert is gone. By the version of its rule where the versions can be believed; as mended
-- where it was last seen by a reading that looked as this one does (`alike`); else nobody knows, and it is
-- held as it is (`holds`) or closed as one whose rule changed.
UPDATE absent AS gone
SET cause = CASE
    WHEN %(by_version)s AND a.rule_version <> coalesce(%(versions)s::jsonb ->> a.check_code, '') THEN
      CASE WHEN %(versions)s::jsonb ? a.check_code THEN 'RULE_CHANGED' ELSE 'RULE_REMOVED' END
    WHEN a.last_detected_at = ANY (%(alike)s::timestamptz[]) THEN 'DATA_FIXED'
    WHEN NOT %(holds)s THEN 'RULE_CHANGED'
  END
FROM system_alerts AS a
WHERE a.id = gone.id
