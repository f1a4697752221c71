-- A console as years leave it, written past the triggers because they are not what is measured: alerts of
-- which one in a hundred still stands, two entries for each with routine between them, scans, sessions,
-- comments and saved filters. Parameters: stored (alerts), quiet (minutes
-- since the newest of them), reader (uuid), others (people beside the reader).
SET LOCAL governance.system = 'install';  -- the triggers of accounts are always enabled
SET session_replication_role = replica;
-- Its guard stands even so. Nobody writes to this console afterwards.
ALTER TABLE ledger_entry DISABLE TRIGGER ALL;
ALTER TABLE ledger_head DISABLE TRIGGER ALL;

INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message, payload,
  occurrences, status, episode, version, first_detected_at, last_detected_at, resolved_at, resolved_by,
  resolution_cause, resolution_decision, absent_at, assignee, material, rule_version, created_at, updated_at)
SELECT md5('alert ' || n)::uuid,
       CASE WHEN n %% 49 = 0 THEN 'autre' ELSE 'depot' END,
       (ARRAY['STOCK_NEGATIF', 'CDR_ARRIVE_STALE', 'RECEPTION_ECART_15C', 'SORTIE_ECART_15C',
              'STOCK_OVER_CAPACITY'])[n %% 5 + 1],
       CASE WHEN n %% 7 = 0 THEN 'CRITICAL' WHEN n %% 11 = 0 THEN 'INFO' ELSE 'WARN' END,
       (ARRAY['CITERNE_STOCK', 'CDR', 'RECEPTION', 'SORTIE', 'CITERNE'])[n %% 5 + 1],
       'bac-' || lpad(n::text, 8, '0'),
       'Dans la citerne TANK' || n || ', le stock de gasoil du propriétaire MONALUXE est négatif.',
       jsonb_build_object('citerne', 'TANK' || n, 'proprietaire', 'MONALUXE', 'stock_ambiant', -n),
       1, status, 1, 2, seen, seen, CASE WHEN status = 'RESOLVED' THEN seen + interval '1 hour' END,
       CASE WHEN status = 'RESOLVED' THEN %(reader)s::uuid END,
       CASE WHEN status = 'RESOLVED' THEN 'ERREUR_SAISIE' END,
       CASE WHEN status = 'RESOLVED' THEN 'CORRIGE' END,
       CASE WHEN status = 'RESOLVED' THEN seen + interval '2 hours' END,
       CASE WHEN n %% 300 = 0 THEN %(reader)s::uuid END, '{}', '1.0.0', seen,
       CASE WHEN status = 'RESOLVED' THEN seen + interval '1 hour' ELSE now() - interval '1 minute' * (n / 100 %% 300) END
FROM generate_series(1, %(stored)s) AS n,
  LATERAL (SELECT CASE WHEN n %% 200 = 57 THEN 'ACK' WHEN n %% 200 = 157 THEN 'OPEN' ELSE 'RESOLVED' END AS status,
                  now() - interval '30 minutes' * (%(stored)s - n) - interval '1 minute' * (%(quiet)s + 120) AS seen) AS made;

TRUNCATE alert_tally;
INSERT INTO alert_tally (concerns, source, check_code, entity_type, severity, status, n)
SELECT concerns, source, check_code, entity_type, severity, status, count(*)
FROM system_alerts GROUP BY concerns, source, check_code, entity_type, severity, status;

-- Behind what the accounts wrote: opened and resolved, or for what still stands a scan that changed nothing.
INSERT INTO ledger_entry (seq, at, actor, role, source, subject_type, subject_id, check_code, action,
  before, after, prev_hash, hash)
SELECT head.seq + 2 * n + part - 1, alert.created_at + interval '1 second' * part,
       CASE WHEN kind = 1 AND n < 4 THEN md5('person 1')::uuid::text
            WHEN kind = 1 THEN %(reader)s
            ELSE 'system:scan' END,
       CASE kind WHEN 1 THEN 'directeur' ELSE 'system' END,
       alert.source,
       CASE kind WHEN 2 THEN 'scan' ELSE 'alert' END,
       CASE kind WHEN 2 THEN md5('scan ' || n)::uuid ELSE alert.id END::text,
       CASE kind WHEN 2 THEN NULL ELSE alert.check_code END,
       (ARRAY['alert.open', 'alert.resolve', 'scan.complete'])[kind + 1],
       CASE kind WHEN 1 THEN '{"status": "OPEN"}'::jsonb END,
       CASE kind WHEN 0 THEN to_jsonb(alert) - '{severity_rank,concerns}'::text[] || '{"status": "OPEN"}'
                 WHEN 1 THEN '{"status": "RESOLVED", "resolution_decision": "CORRIGE"}'
                 ELSE '{"opened": 0, "closed": 0, "started_at": "2026-01-01T00:00:00+00:00"}' END,
       sha256(int8send(2 * n + part - 1)), sha256(int8send(2 * n + part))
FROM ledger_head AS head, generate_series(1, %(stored)s) AS n
  JOIN system_alerts AS alert ON alert.id = md5('alert ' || n)::uuid, generate_series(0, 1) AS part,
  LATERAL (SELECT CASE WHEN part = 1 AND alert.status <> 'RESOLVED' THEN 2 ELSE part END AS kind) AS which;
-- Since then nothing but a scan a minute.
INSERT INTO ledger_entry (seq, at, actor, role, source, subject_type, subject_id, check_code, action,
  before, after, prev_hash, hash)
SELECT last.seq + n, now() - interval '1 minute' * (%(quiet)s - n), 'system:scan', 'system', 'depot', 'scan',
       md5('quiet ' || n)::uuid::text, NULL, 'scan.complete', NULL, '{"opened": 0, "closed": 0, "started_at": "2026-01-01T00:00:00+00:00"}',
       sha256(int8send(-n)), sha256(int8send(-n - 1))
FROM (SELECT max(seq) AS seq FROM ledger_entry) AS last, generate_series(1, %(quiet)s) AS n;
UPDATE ledger_head SET (seq, hash, at) = (SELECT seq, hash, at FROM ledger_entry ORDER BY seq DESC LIMIT 1);

INSERT INTO integrity_scan (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows,
  per_code, quarantined, faults, opened, reopened, lapsed, changed, closed)
SELECT md5('scan ' || n)::uuid, CASE WHEN n %% 2 = 0 THEN 'autre' ELSE 'depot' END, at, at,
       CASE WHEN n %% 500 = 0 THEN 'FAILED' ELSE 'COMPLETE' END, '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0
FROM generate_series(1, 40000) AS n, LATERAL (SELECT now() - interval '1 minute' * (40000 - n) AS at) AS made;

INSERT INTO alert_comment (id, alert_id, source, concerns, author, at, body)
SELECT gen_random_uuid(), md5('alert ' || n * 3)::uuid, 'depot', 'depot', %(reader)s::uuid, now(), 'Vu.'
FROM generate_series(1, 20000) AS n;

INSERT INTO governance_user (id, password, is_superuser, username, first_name, last_name, is_staff,
  is_active, date_joined, language)
SELECT md5('person ' || n)::uuid, '', false, 'personne-' || n, '', '', false, true, now(), ''
FROM generate_series(1, %(others)s) AS n;
INSERT INTO source_role (user_id, source, role)
SELECT md5('person ' || n)::uuid, CASE WHEN n %% 2 = 0 THEN 'autre' ELSE 'depot' END, 'auditeur'
FROM generate_series(1, %(others)s) AS n;
INSERT INTO saved_filter (id, owner_id, name, query, shared, created_at)
SELECT gen_random_uuid(), md5('person ' || n)::uuid, 'Filtre ' || k, 'severity=CRITICAL', k = 1 AND n <= 20, now()
FROM generate_series(1, %(others)s) AS n, generate_series(1, 10) AS k;
INSERT INTO django_session (session_key, session_data, expire_date)
SELECT md5('session ' || n), repeat('x', 200), now() + interval '1 hour' FROM generate_series(1, 20000) AS n;
INSERT INTO live_look (person, at)
SELECT md5('person ' || n %% %(others)s + 1)::uuid, now() - interval '1 minute' * n FROM generate_series(1, 20000) AS n;

SET session_replication_role = origin;
