-- The view over the ledger makes way, so that system_alerts can get a column.
DROP VIEW alert_as_of;
