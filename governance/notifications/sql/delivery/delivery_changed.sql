-- The words of a message, its recipient and its key never change. The machine moves its state; a person replays one that
-- was given up, with a reason, or notes that the own one was opened or led to an action. Instants are the session's.
CREATE FUNCTION delivery_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  asked constant delivery := NEW;
BEGIN
  IF (NEW.id, NEW.kind, NEW.source, NEW.channel_id, NEW.person_id, NEW.address, NEW.language, NEW.subject, NEW.text,
      NEW.html, NEW.thread, NEW.data, NEW.count, NEW.is_urgent, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.kind, OLD.source, OLD.channel_id, OLD.person_id, OLD.address, OLD.language, OLD.subject, OLD.text,
      OLD.html, OLD.thread, OLD.data, OLD.count, OLD.is_urgent, OLD.created_at) THEN
    RAISE insufficient_privilege USING MESSAGE = 'what a message says, and to whom, never changes';
  END IF;
  IF governance_user_id() IS NULL THEN
    RETURN NEW;
  END IF;
  NEW := OLD;
  IF asked.rounds > OLD.rounds THEN
    IF OLD.state <> 'DEAD' THEN
      RAISE check_violation USING MESSAGE = 'only a message that was given up is replayed';
    END IF;
    IF btrim(asked.replay_note) = '' OR char_length(asked.replay_note) > 500 THEN
      RAISE check_violation USING MESSAGE = 'a replay says why, in at most 500 characters';
    END IF;
    IF NOT (ARRAY['console', nullif(OLD.source, '')] && governance_own_sources('administer')) THEN
      RAISE insufficient_privilege USING MESSAGE = 'only who administers the source replays its messages';
    END IF;
    NEW.rounds := OLD.rounds + 1;
    NEW.attempts := 0;
    NEW.state := 'WAITING';
    NEW.replay_note := asked.replay_note;
    NEW.due_at := clock_timestamp();
    NEW.ended_at := NULL;
  ELSIF OLD.person_id = governance_user_id() THEN
    NEW.opened_at := coalesce(OLD.opened_at,
      CASE WHEN coalesce(asked.opened_at, asked.acted_at) IS NOT NULL THEN clock_timestamp() END);
    NEW.acted_at := coalesce(OLD.acted_at, CASE WHEN asked.acted_at IS NOT NULL THEN clock_timestamp() END);
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER b_changed BEFORE UPDATE ON delivery
  FOR EACH ROW EXECUTE FUNCTION delivery_changed();
