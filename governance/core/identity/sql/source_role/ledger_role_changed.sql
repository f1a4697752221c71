-- A row that moves to another person or source is a revocation there and a grant here.
CREATE FUNCTION ledger_role_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.source_role', TG_RELID);
  PERFORM ledger_append(array_agg(draft ORDER BY id, step))
  FROM (
    SELECT n.id, 1 AS step,
      ROW(n.source, 'user', n.user_id, NULL, 'role.change', jsonb_build_object('role', o.role),
          jsonb_build_object('role', n.role, 'username', u.username))::ledger_draft AS draft
    FROM newtab n JOIN oldtab o ON (o.id, o.user_id, o.source) = (n.id, n.user_id, n.source)
    LEFT JOIN governance_user u ON u.id = n.user_id
    WHERE o.role <> n.role
    UNION ALL
    SELECT o.id, 1,
      ROW(o.source, 'user', o.user_id, NULL, 'role.revoke',
          jsonb_build_object('role', o.role, 'username', u.username), NULL)::ledger_draft
    FROM oldtab o LEFT JOIN governance_user u ON u.id = o.user_id
    WHERE NOT EXISTS (SELECT FROM newtab n WHERE (n.id, n.user_id, n.source) = (o.id, o.user_id, o.source))
    UNION ALL
    SELECT n.id, 2,
      ROW(n.source, 'user', n.user_id, NULL, 'role.grant', NULL,
          jsonb_build_object('role', n.role, 'username', u.username))::ledger_draft
    FROM newtab n LEFT JOIN governance_user u ON u.id = n.user_id
    WHERE NOT EXISTS (SELECT FROM oldtab o WHERE (o.id, o.user_id, o.source) = (n.id, n.user_id, n.source))
  ) AS moves;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_changed AFTER UPDATE ON source_role
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_role_changed();
