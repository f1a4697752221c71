-- An alert begins OPEN, unsigned, in its first episode, whatever the statement says.
CREATE FUNCTION system_alerts_opened() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.status := 'OPEN';
  NEW.episode := 1;
  NEW.version := 1;
  NEW.acknowledged_at := NULL; NEW.acknowledged_by := NULL;
  NEW.acknowledged_severity := NULL; NEW.acknowledged_material := NULL;
  NEW.acknowledgement_note := NULL;
  NEW.resolved_at := NULL; NEW.resolved_by := NULL;
  NEW.resolution_cause := NULL; NEW.resolution_decision := NULL; NEW.resolution_note := NULL;
  NEW.accepted_until := NULL;
  NEW.acceptance_proposed_by := NULL; NEW.acceptance_proposed_at := NULL;
  NEW.assignee := NULL;
  NEW.absent_at := NULL; NEW.reopening_note := NULL; NEW.episode_at := NULL;
  NEW.first_acknowledged_at := NULL; NEW.acceptance_proposed_for := NULL;
  NEW.contradicted_at := NULL; NEW.contradicted_by := NULL; NEW.contradicted_decision := NULL;
  NEW.contradicted_resolved_at := NULL; NEW.contradicted_until := NULL;
  -- One instant for all that a long transaction opens: a page that was read before its commit asks by it
  -- (ledger_late).
  NEW.created_at := CASE
    WHEN current_setting('governance.ledger_later', true) <> '' THEN ledger_lock() ELSE statement_timestamp() END;
  NEW.updated_at := NEW.created_at;
  RETURN NEW;
END $$;

CREATE TRIGGER b_opened BEFORE INSERT ON system_alerts
  FOR EACH ROW EXECUTE FUNCTION system_alerts_opened();
