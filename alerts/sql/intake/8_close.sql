-- Gone from a complete snapshot: closed by the scan, with the reason.
UPDATE system_alerts AS a
SET status = 'RESOLVED',
    resolution_cause = coalesce(%(reasons)s::jsonb ->> a.check_code, 'DATA_FIXED')
FROM absent AS gone
WHERE a.id = gone.id
