-- alert_state_at for pages, which filter and order it like the table: the entry is named by the transaction-local setting
-- governance.as_of. Without it, no row.
CREATE VIEW alert_as_of AS
SELECT * FROM alert_state_at(nullif(current_setting('governance.as_of', true), '')::bigint);
