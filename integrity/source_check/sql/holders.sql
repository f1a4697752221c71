-- Who holds rights on the view, beside its owner and the role that reads: PUBLIC has no name.
SELECT coalesce(g.rolname::text, 'PUBLIC'), array_agg(a.privilege_type ORDER BY a.privilege_type)
FROM pg_class AS c
CROSS JOIN LATERAL aclexplode(c.relacl) AS a
LEFT JOIN pg_roles AS g ON g.oid = a.grantee
WHERE c.oid = %(view)s AND a.grantee <> c.relowner
  AND coalesce(g.rolname, 'PUBLIC') <> current_user
GROUP BY 1
ORDER BY 1
