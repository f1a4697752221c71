-- @as rls_audit
-- @case le dernier audit l’a trouvé
-- @fires preuve-a/public.notes/RLS_DISABLED {"source": "preuve-a", "object": "public.notes", "weakness": "RLS_DISABLED", "detail": "d", "detected_at": "2026-03-01T08:01:00Z"}
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', true, '[]', '[]', '{}', '[]', 1, 0, '');
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', true, '[{"code": "RLS_DISABLED", "severity": "CRITICAL", "object": "public.notes", "detail": "d", "role": "authenticated", "identity": "none", "verb": "SELECT", "count": 2, "statement": "BEGIN;", "excused": ""}, {"code": "RLS_NO_POLICY", "severity": "WARN", "object": "public.autre", "detail": "d", "role": "authenticated", "identity": "none", "verb": "SELECT", "count": 2, "statement": "BEGIN;", "excused": ""}]', '[]', '{}', '[]', 1, 0, '');
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:00:00+00', true, '[{"code": "RLS_NO_POLICY", "severity": "WARN", "object": "public.notes", "detail": "d", "role": "authenticated", "identity": "none", "verb": "SELECT", "count": 2, "statement": "BEGIN;", "excused": ""}]', '[]', '{}', '[]', 1, 0, '');
-- @case un audit qui n’a rien pu voir n’y change rien
-- @fires preuve-a/public.notes/RLS_DISABLED {"source": "preuve-a"}
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', true, '[{"code": "RLS_DISABLED", "severity": "CRITICAL", "object": "public.notes", "detail": "d", "role": "authenticated", "identity": "none", "verb": "SELECT", "count": 2, "statement": "BEGIN;", "excused": ""}]', '[]', '{}', '[]', 1, 0, '');
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', false, '[]', '[]', '{}', '[]', 0, 1, '');
-- @case quelqu’un en répond
-- @silent
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', true, '[{"code": "RLS_DISABLED", "severity": "CRITICAL", "object": "public.notes", "detail": "d", "role": "authenticated", "identity": "none", "verb": "SELECT", "count": 2, "statement": "BEGIN;", "excused": "voulu"}]', '[]', '{}', '[]', 1, 0, '');
-- @case il n’y est plus
-- @silent
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', true, '[{"code": "RLS_DISABLED", "severity": "CRITICAL", "object": "public.notes", "detail": "d", "role": "authenticated", "identity": "none", "verb": "SELECT", "count": 2, "statement": "BEGIN;", "excused": ""}]', '[]', '{}', '[]', 1, 0, '');
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', true, '[]', '[]', '{}', '[]', 1, 0, '');
-- @case ce qui a sa propre règle
-- @silent
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', true, '[{"code": "RLS_LEAK", "severity": "CRITICAL", "object": "public.notes", "detail": "d", "role": "authenticated", "identity": "none", "verb": "SELECT", "count": 2, "statement": "BEGIN;", "excused": ""}, {"code": "RLS_PUBLIC_POLICY", "severity": "CRITICAL", "object": "public.notes", "detail": "d", "role": "authenticated", "identity": "none", "verb": "SELECT", "count": 2, "statement": "BEGIN;", "excused": ""}]', '[]', '{}', '[]', 1, 0, '');
