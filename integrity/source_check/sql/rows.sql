-- One pass over the view: how many rows per rule, severity and fault (the console's own expression
-- is put in), with an example. Aggregated here, so a million rows cost the reader nothing.
SELECT left(i.check_code, 60), left(i.severity, 60), {fault}, count(*),
       min(left(concat_ws(' ', i.entity_type, i.entity_id), 60))
FROM (
  SELECT check_code::text, severity::text, entity_type::text, entity_id::text, message::text, payload,
         detected_at
  FROM {view}
) AS i
CROSS JOIN LATERAL (
  SELECT i.payload,
         CASE WHEN isfinite(i.detected_at) AND i.detected_at >= timestamptz '0001-01-01 00:00:00+00'
              THEN i.detected_at END AS detected_at
) AS read
GROUP BY 1, 2, 3
ORDER BY 4 DESC, 1, 2, 3
LIMIT 1000
