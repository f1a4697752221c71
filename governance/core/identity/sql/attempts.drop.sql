-- Undoes attempts.sql.
DROP FUNCTION sign_in_tidy();
DROP FUNCTION sign_in_good(text[]);
DROP FUNCTION sign_in_try(text[], integer[], integer[]);
DROP TABLE sign_in_count;
