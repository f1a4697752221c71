-- finding: RLS_DEFINER_SEARCH_PATH
-- Splinter: function_search_path_mutable, of a function that runs as its owner.
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint';
REVOKE ALL ON FUNCTION total() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION total() TO authenticated;
