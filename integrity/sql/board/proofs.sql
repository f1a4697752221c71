-- The last verdict on each rule by then, on each source and on the reference depot (no source).
SELECT DISTINCT ON (check_code, source) check_code, source, after ->> 'verdict', after ->> 'version', at
FROM ledger_entry
WHERE action = 'rule.prove' AND seq <= %(high)s AND coalesce(source, 'console') = ANY (%(sources)s)
ORDER BY check_code, source, seq DESC
