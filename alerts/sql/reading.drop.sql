-- Undoes reading.sql.
DROP FUNCTION alert_search_text(text, text, text, text, jsonb);
DROP FUNCTION alert_material(jsonb, text[]);
DROP FUNCTION alert_jsonb_or_null(text);
DROP FUNCTION alert_severity_rank(text);
