ALTER FUNCTION integrity_rule_proof_guard() RESET search_path;
ALTER FUNCTION integrity_scan_guard() RESET search_path;
ALTER FUNCTION integrity_view_definition_guard() RESET search_path;
