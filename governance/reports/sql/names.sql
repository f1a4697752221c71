-- Accounts as they were called then: a report must not change when somebody marries.
SELECT subject_id, alert_merge(after ORDER BY seq)
FROM ledger_entry
WHERE subject_type = 'user' AND subject_id = ANY (%(people)s) AND seq <= %(high)s AND after IS NOT NULL
GROUP BY subject_id
