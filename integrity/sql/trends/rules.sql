-- Episodes that began since a local day, by rule.
SELECT what, sum(n)::bigint
FROM alert_flow
WHERE measure = 'begun' AND concerns = ANY (%(sources)s)
  AND at >= %(first)s::timestamp AT TIME ZONE %(zone)s
GROUP BY what
