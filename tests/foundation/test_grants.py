"""The runtime role has the rights of `capability.py` of each room and no other."""

import pytest
from django.db import connection

from governance.core.capability import registry

pytestmark = pytest.mark.django_db


def _sorted(right: str) -> str:
    """`UPDATE (b, a)` with its columns in the order of the alphabet."""
    verb, _, names = right.partition(" (")
    return f"{verb} ({', '.join(sorted(names.rstrip(')').split(', ')))})" if names else verb


def test_every_table_stands_in_the_list_and_nothing_more_is_granted():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, array_agg(DISTINCT p.privilege ORDER BY p.privilege)
               FROM pg_class c
               CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'),
                                  ('REFERENCES'), ('TRIGGER')) AS p (privilege)
               WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace = 'public'::regnamespace
                 AND has_table_privilege(current_user, c.oid, p.privilege)
               GROUP BY c.relname"""
        )
        held = {name: set(rights) for name, rights in cursor.fetchall()}
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            """SELECT c.relname, p.privilege, array_agg(a.attname ORDER BY a.attname)
               FROM pg_class c
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('REFERENCES')) AS p (privilege)
               WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace = 'public'::regnamespace
                 AND has_column_privilege(current_user, c.oid, a.attname, p.privilege)
                 AND NOT has_table_privilege(current_user, c.oid, p.privilege)
               GROUP BY 1, 2"""
        )
        for name, right, columns in cursor.fetchall():
            held.setdefault(name, set()).add(f"{right} ({', '.join(columns)})")
    listed = {
        name: {_sorted(right) for right in rights}
        for name, rights in registry().tables.items()
        if rights
    }
    assert held == listed
    assert tables - set(held) == {name for name, rights in registry().tables.items() if not rights}


def test_the_runtime_role_creates_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_schema_privilege(current_user, 'public', 'CREATE'),"
            " has_database_privilege(current_user, current_database(), 'CREATE')"
        )
        assert cursor.fetchone() == (False, False)


def test_only_sequences_that_a_default_asks_with_the_role_s_rights_are_granted():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname,
                 has_sequence_privilege(current_user, c.oid, 'USAGE, SELECT, UPDATE'),
                 EXISTS (SELECT FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid
                         WHERE d.objid = c.oid AND d.deptype = 'a' AND t.relname LIKE 'procrastinate%%')
               FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace"""
        )
        found = cursor.fetchall()
    assert {name for name, held, _asked in found if held} == set(registry().sequences)
    assert {name for name, _held, asked in found if asked} == set(registry().sequences)
