-- @as schedule
-- @case un travail de la console et celui d’une source
-- @fires console/preuve {"job": "preuve", "said": "rien ne va", "exit_code": 3, "detected_at": "2026-03-01T08:01:00Z"}
-- @fires preuve-a/preuve {"job": "preuve preuve-a", "said": "code 9", "exit_code": 9}
INSERT INTO job_run (key, source, known_since, started_at, finished_at, went_well, answered, said, exit_code)
VALUES ('preuve', '', '2026-03-01 08:00:00+00', '2026-03-01 08:01:00+00', '2026-03-01 08:02:00+00', false, false, 'rien ne va', 3);
INSERT INTO job_run (key, source, known_since, started_at, finished_at, went_well, answered, said, exit_code)
VALUES ('preuve', 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:01:00+00', '2026-03-01 08:02:00+00', false, false, '', 9);
-- @case il a fait son travail, quoi qu’il ait trouvé
-- @silent
INSERT INTO job_run (key, source, known_since, started_at, finished_at, went_well, answered, said, exit_code)
VALUES ('preuve', '', '2026-03-01 08:00:00+00', '2026-03-01 08:01:00+00', '2026-03-01 08:02:00+00', false, true, 'rien ne va', 1);
