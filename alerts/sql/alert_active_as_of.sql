-- alert_active_at for pages, as alert_as_of.
CREATE VIEW alert_active_as_of AS
SELECT * FROM alert_active_at(nullif(current_setting('governance.as_of', true), '')::bigint);
