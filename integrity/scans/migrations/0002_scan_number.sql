-- Scans in the order in which they were inserted, which no clock can change: `number` grows with each scan of
-- a source, because two scans of one source never run at once. Scans that exist are numbered as the ledger
-- entered them.
ALTER TABLE integrity_scan ADD COLUMN number bigint;
ALTER TABLE integrity_scan DISABLE TRIGGER USER;
-- Both tables bind their owner too, so somebody must be acting; for this step only.
SELECT set_config('governance.system', 'migrate', true);
UPDATE integrity_scan AS scan
SET number = inserted.number
FROM (
  SELECT s.id, row_number() OVER (ORDER BY e.seq NULLS FIRST, s.started_at, s.id) AS number
  FROM integrity_scan AS s
  LEFT JOIN ledger_entry AS e ON e.subject_type = 'scan' AND e.subject_id = s.id::text
) AS inserted
WHERE inserted.id = scan.id;
ALTER TABLE integrity_scan ENABLE TRIGGER USER;
ALTER TABLE integrity_scan ALTER COLUMN number SET NOT NULL;
CREATE SEQUENCE integrity_scan_number_seq OWNED BY integrity_scan.number;
SELECT setval('integrity_scan_number_seq', (SELECT count(*) FROM integrity_scan) + 1, false);
SELECT set_config('governance.system', '', true);
