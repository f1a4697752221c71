-- Each delta of an alert over the one before.
CREATE AGGREGATE alert_merge(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, PARALLEL = SAFE);
