-- Undoes comments.sql.
DROP POLICY said ON alert_comment;
DROP POLICY seen ON alert_comment;
DROP POLICY machine ON alert_comment;
ALTER TABLE alert_comment NO FORCE ROW LEVEL SECURITY;
ALTER TABLE alert_comment DISABLE ROW LEVEL SECURITY;
DROP TRIGGER z_record ON alert_comment;
DROP TRIGGER b_signed ON alert_comment;
DROP TRIGGER a_guard ON alert_comment;
DROP FUNCTION alert_comment_record();
DROP FUNCTION alert_comment_signed();
DROP FUNCTION alert_comment_guard();
ALTER TABLE alert_comment DROP CONSTRAINT alert_comment_says_something;
