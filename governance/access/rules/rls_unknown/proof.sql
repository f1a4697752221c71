-- @as rls_audit
-- @case quelque chose n’a pas pu être essayé
-- @fires preuve-a/row-security {"source": "preuve-a", "unsure": 2, "detail": "public.notes extension manquante", "detected_at": "2026-03-01T08:01:00Z"}
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', true, '[]', '[]', '{}', '[]', 0, 0, '');
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', true, '[]', '[{"object": "public.notes", "reason": "extension manquante"}, {"object": "x", "reason": "y"}]', '{}', '[]', 0, 2, '');
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:00:00+00', true, '[]', '[]', '{}', '[]', 1, 0, '');
-- @case rien n’a pu être vu
-- @fires preuve-a/row-security {"unsure": 1, "detail": "elle ne répond pas"}
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', false, '[]', '[{"object": "", "reason": "elle ne répond pas"}]', '{}', '[]', 0, 1, '');
-- @case tout a été essayé depuis
-- @silent
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', false, '[]', '[{"object": "", "reason": "elle ne répond pas"}]', '{}', '[]', 0, 1, '');
INSERT INTO row_security_audit (id, source, audited_at, looked, findings, unknowns, matrix, roles, found, unsure, matrix_sha256)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', true, '[]', '[]', '{}', '[]', 0, 0, '');
