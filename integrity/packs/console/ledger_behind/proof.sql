-- @as scan
-- @setup
DELETE FROM watched_source WHERE source = 'console';
-- @case elles attendent depuis dix minutes
-- @fires console/chain {"entries": 1200}
INSERT INTO watched_source (source, entries_waiting, waiting_since)
VALUES ('console', 1200, now() - interval '10 minutes');
-- @case depuis un peu moins
-- @silent
INSERT INTO watched_source (source, entries_waiting, waiting_since)
VALUES ('console', 1200, now() - interval '599 seconds');
-- @case plus aucune
-- @silent
INSERT INTO watched_source (source, entries_waiting, waiting_since) VALUES ('console', NULL, NULL);
-- @case l’instant est celui de la plus ancienne
-- @fires console/chain {"detected_at": "2026-03-01T08:00:00Z"}
INSERT INTO watched_source (source, entries_waiting, waiting_since)
VALUES ('console', 3, '2026-03-01 08:00:00+00');
-- @case d’une autre source
-- @silent
INSERT INTO watched_source (source, entries_waiting, waiting_since)
VALUES ('preuve', 3, '2026-03-01 08:00:00+00');
