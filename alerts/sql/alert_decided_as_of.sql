-- alert_decided_at for pages, as alert_as_of: the day and the entry after which are set beside governance.as_of.
CREATE VIEW alert_decided_as_of AS
SELECT * FROM alert_decided_at(nullif(current_setting('governance.as_of', true), '')::bigint,
  nullif(current_setting('governance.as_of_day', true), '')::date,
  nullif(current_setting('governance.as_of_since', true), '')::bigint);
