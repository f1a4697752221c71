-- The two views over the ledger for pages, with the columns that system_alerts has now; see replay.sql and
-- active_then.sql.
CREATE VIEW alert_as_of AS
SELECT * FROM alert_state_at(nullif(current_setting('governance.as_of', true), '')::bigint);
CREATE VIEW alert_active_as_of AS
SELECT * FROM alert_active_at(nullif(current_setting('governance.as_of', true), '')::bigint);
