-- Undoes assignable.sql.
ALTER FUNCTION alert_assignable(text, text) SECURITY INVOKER;
