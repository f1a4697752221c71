-- The versions of the rule at both ends of each episode of an alert, from the ledger alone and with the reader's
-- rights, beside alert_episode. An entry that does not name the version left it as it was.
CREATE FUNCTION alert_episode_rule(wanted uuid) RETURNS TABLE (
  episode bigint, opened_version text, closed_version text)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT s.episode,
    (array_agg(said.after ->> 'rule_version' ORDER BY s.seq) FILTER (WHERE s.opens))[1],
    (array_agg(said.after ->> 'rule_version' ORDER BY s.seq DESC) FILTER (WHERE s.closes))[1]
  FROM (
    SELECT l.seq, l.action IN ('alert.open', 'alert.reopen') AS opens,
      l.action IN ('alert.close', 'alert.resolve') AS closes,
      count(*) FILTER (WHERE l.action IN ('alert.open', 'alert.reopen')) OVER (ORDER BY l.seq) AS episode,
      max(l.seq) FILTER (WHERE l.after ? 'rule_version') OVER (ORDER BY l.seq) AS said_at
    FROM ledger_entry AS l
    WHERE l.subject_type = 'alert' AND l.subject_id = wanted::text AND l.action <> 'alert.comment'
  ) AS s
  LEFT JOIN ledger_entry AS said ON said.seq = s.said_at
  WHERE s.opens OR s.closes
  GROUP BY s.episode
$$;
