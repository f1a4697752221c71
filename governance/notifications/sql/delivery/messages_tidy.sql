-- Forget messages that ended longer ago than this, and what was to be said in them; how many messages that were. What is on
-- its way stays, and so does all that was said of an episode that goes on or was spoken of since: its end is told to whoever
-- was told of its beginning. Links that were used are remembered as long. Nobody but this function deletes any of it, for
-- the machine alone, and nothing of the last 30 days.
CREATE FUNCTION messages_tidy(keep interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before constant timestamptz := clock_timestamp() - keep;
  forgotten bigint;
BEGIN
  IF governance_system() IS NULL OR keep IS NULL OR keep < interval '30 days' THEN
    RAISE check_violation USING MESSAGE = 'messages are kept for 30 days at least';
  END IF;
  WITH over AS MATERIALIZED (
    SELECT n.id FROM notification AS n
    WHERE n.at < before AND n.planned_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM notification AS later
        WHERE later.alert_id = n.alert_id AND later.episode = n.episode AND later.at >= before)
      AND NOT EXISTS (SELECT FROM system_alerts AS a
        WHERE a.id = n.alert_id AND a.episode = n.episode AND a.status <> 'RESOLVED')
      AND NOT EXISTS (SELECT FROM notice AS x LEFT JOIN delivery AS d ON d.id = x.delivery_id
        WHERE x.notification_id = n.id
          AND (x.state = 'WAITING' OR d.state IN ('WAITING', 'SENDING') OR d.ended_at >= before))
  ), unsaid AS (
    DELETE FROM notice AS x USING over WHERE x.notification_id = over.id
  )
  DELETE FROM notification AS n USING over WHERE n.id = over.id;
  WITH gone AS (
    DELETE FROM delivery AS d
    WHERE d.created_at < before AND d.ended_at < before
      AND NOT EXISTS (SELECT FROM notice AS x WHERE x.delivery_id = d.id)
    RETURNING d.id
  ), tries AS (
    DELETE FROM delivery_attempt AS t USING gone WHERE t.delivery_id = gone.id
  )
  SELECT count(*) INTO forgotten FROM gone;
  DELETE FROM message_link WHERE used_at < before;
  RETURN forgotten;
END $$;
