-- What a person does to messages is in the ledger: a replay and its reason, a test of a channel. No words of the message,
-- and no address.
CREATE FUNCTION delivery_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM trigger_serves('public.delivery', TG_RELID);
  IF governance_user_id() IS NULL THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    PERFORM ledger_append(array_agg(ROW('console', 'channel', n.channel_id::text, NULL, 'channel.test', NULL,
      jsonb_build_object('channel', c.name, 'family', c.family))::ledger_draft ORDER BY n.id))
    FROM newtab AS n JOIN channel AS c ON c.id = n.channel_id WHERE n.kind = 'TEST';
  ELSE
    PERFORM ledger_append(array_agg(ROW(coalesce(nullif(n.source, ''), 'console'), 'delivery', n.id::text, NULL,
      'delivery.replay', NULL,
      jsonb_build_object('channel', c.name, 'person', n.person_id, 'note', n.replay_note))::ledger_draft ORDER BY n.id))
    FROM newtab AS n JOIN oldtab AS o ON o.id = n.id JOIN channel AS c ON c.id = n.channel_id
    WHERE n.rounds > o.rounds;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record_made AFTER INSERT ON delivery REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION delivery_record();
CREATE TRIGGER z_record_changed AFTER UPDATE ON delivery REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION delivery_record();
