-- The life of an alert, enforced for every path: which transitions exist and who may make them is in
-- system_alerts_changed_by_machine and system_alerts_changed_by_person; actor, time, version and episode come from there
-- and not from the statement. The row's instant is the one of the ledger's entry, or of a later statement of the same
-- transaction: never the one at which a statement was sent that waited since. One that enters later has one for all its rows
-- (system_alerts_opened). And ledger_lock refuses a row to
-- anybody but who began to write, so a statement that changes the identity on its way ends here.
CREATE FUNCTION system_alerts_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  same public.system_alerts;  -- by its full name: a temporary table would be found first
  instant constant timestamptz := CASE
    WHEN current_setting('governance.ledger_later', true) <> '' AND governance_user_id() IS NULL THEN ledger_lock()
    ELSE greatest(ledger_lock(), statement_timestamp()) END;
BEGIN
  NEW.updated_at := instant;  -- where the two functions find it
  IF governance_system() IS NOT NULL THEN
    NEW := system_alerts_changed_by_machine(OLD, NEW);
  ELSE
    NEW := system_alerts_changed_by_person(OLD, NEW);
  END IF;
  -- A statement that changes nothing is no change: no new version, no entry in the ledger. (Generated
  -- columns are not computed yet, and being seen again is not a change.)
  NEW.version := OLD.version;
  NEW.updated_at := OLD.updated_at;
  same := NEW;
  same.severity_rank := OLD.severity_rank;
  same.concerns := OLD.concerns;
  same.last_detected_at := OLD.last_detected_at;
  IF same IS NOT DISTINCT FROM OLD THEN
    RETURN NEW;
  END IF;
  NEW.version := OLD.version + 1;
  NEW.updated_at := instant;
  RETURN NEW;
END $$;

-- Every column but `last_detected_at`: a scan that merely sees an alert again pays for no row trigger, and no statement
-- moves another column without a version and an entry.
CREATE TRIGGER b_changed BEFORE UPDATE OF
    id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, status,
    episode, version, first_detected_at, acknowledged_at, acknowledged_by, acknowledged_severity,
    acknowledged_material, acknowledgement_note, resolved_at, resolved_by, resolution_cause, resolution_decision,
    resolution_note, accepted_until, acceptance_proposed_by, acceptance_proposed_at, assignee,
    material, created_at, updated_at, rule_version,
    absent_at, reopening_note, episode_at, first_acknowledged_at, dated_by_data, contradicted_at,
    acceptance_proposed_for,
    contradicted_by, contradicted_decision, contradicted_resolved_at, contradicted_until
  ON system_alerts FOR EACH ROW EXECUTE FUNCTION system_alerts_changed();
