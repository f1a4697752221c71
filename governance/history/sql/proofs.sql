-- The last proof of each rule by then, on each of the sources. One on the reference depot is of none of them.
SELECT DISTINCT ON (source, check_code)
  source, check_code, after ->> 'verdict', after ->> 'version', after ->> 'through',
  coalesce(after ->> 'text_sha256', ''), at, seq
FROM ledger_entry
WHERE action = 'rule.prove' AND seq <= %(high)s AND source = ANY (%(sources)s)
ORDER BY source, check_code, seq DESC
