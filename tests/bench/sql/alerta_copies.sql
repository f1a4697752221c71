-- Copies of the one alert that Alerta took in through its API, as it stored it: identity, resource, severity
-- and text differ as they do between our own. Parameter: count, of all alerts afterwards.
INSERT INTO alerts
SELECT made.*
FROM alerts AS first,
     generate_series(1, %(count)s - 1) AS n,
     LATERAL (SELECT md5('alert ' || n)::uuid::text AS id) AS key,
     LATERAL jsonb_populate_record(
         NULL::alerts,
         to_jsonb(first) || jsonb_build_object(
             'id', key.id,
             'last_receive_id', key.id,
             'resource', 'bac-' || lpad(n::text, 8, '0'),
             'severity', CASE WHEN mod(n, 5) = 0 THEN 'critical' ELSE 'warning' END,
             'text', replace(first.text, 'TANK0', 'TANK' || n),
             'history', jsonb_set(to_jsonb(first.history), '{0,id}', to_jsonb(key.id))
         )
     ) AS made
