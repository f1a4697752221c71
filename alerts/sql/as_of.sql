-- The view over the ledger, as it was before system_alerts got a column; see replay.sql.
CREATE VIEW alert_as_of AS
SELECT * FROM alert_state_at(nullif(current_setting('governance.as_of', true), '')::bigint);
