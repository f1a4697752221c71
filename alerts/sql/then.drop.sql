-- Views keep the columns that they were made with: gone while system_alerts gets columns; see then.sql.
DROP VIEW alert_active_as_of;
DROP VIEW alert_as_of;
