-- What somebody accepted, or called disputed, until a day that had not passed at the period's end.
SELECT *, count(*) OVER () AS total FROM alert_dated_at(%(high)s, %(last)s)
WHERE resolution_decision = ANY (%(decisions)s) AND accepted_until >= %(last)s
ORDER BY accepted_until, severity_rank, id
LIMIT %(limit)s
