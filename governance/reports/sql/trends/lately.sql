-- As delays.sql, for a window that ends now, from what was counted (alert_flow): the median is the mean of
-- the two middle ones of so many equal durations.
WITH took AS (
  SELECT measure AS kind, date_trunc('week', at AT TIME ZONE %(zone)s)::date AS week, what::bigint AS lasted, n
  FROM alert_flow
  WHERE measure IN ('acknowledge', 'resolve') AND concerns = ANY (%(sources)s)
    AND at >= %(first)s::timestamp AT TIME ZONE %(zone)s
), grouped AS (
  SELECT kind, week, lasted, sum(n)::bigint AS n
  FROM took GROUP BY GROUPING SETS ((kind, week, lasted), (kind, lasted))
), ranked AS (
  SELECT kind, week, lasted, (sum(n) OVER (PARTITION BY kind, week))::bigint AS total,
         sum(n) OVER (PARTITION BY kind, week ORDER BY lasted) AS upto
  FROM grouped WHERE n > 0
)
SELECT kind, week, total,
  (min(lasted) FILTER (WHERE upto >= (total + 1) / 2) + min(lasted) FILTER (WHERE upto >= total / 2 + 1)) / 2e6,
  max(lasted) / 1e6
FROM ranked
GROUP BY kind, week, total
ORDER BY kind, week
