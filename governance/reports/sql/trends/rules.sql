-- Episodes that began since a local day, by source and rule.
SELECT concerns, what, sum(n)::bigint
FROM alert_flow
WHERE measure = 'begun' AND concerns = ANY (%(sources)s)
  AND at >= %(first)s::timestamp AT TIME ZONE %(zone)s
GROUP BY concerns, what
