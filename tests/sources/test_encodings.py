"""A byte that no character stands for, in another encoding than UTF-8, costs itself and no scan."""

import psycopg
import pytest
from psycopg import sql

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from integrity.scans.models import ScanOutcome
from integrity.scans.scan import scan_run
from tests.scans.test_eyes import BANK

pytestmark = pytest.mark.django_db


# encoding, an expression of the source's, what it reads as here
BYTES = [
    ("WIN1252", "chr(233) || chr(128) || chr(129)", "é€\ufffd"),
    ("LATIN1", "chr(233) || chr(129)", "é\x81"),
    ("LATIN9", "chr(164)", "€"),
    ("SQL_ASCII", "'a' || chr(233) || E'\\t\\\\'", "a\ufffd\t\\"),
    ("SQL_ASCII", "chr(195) || chr(169)", "é"),
    ("EUC_JP", "convert_from('\\xa4a2', 'EUC_JP')", "あ"),
    ("UTF8", "'é' || chr(129)", "é\x81"),
]


@pytest.mark.parametrize(("encoding", "said", "read"), BYTES)
def test_a_byte_without_a_character_fails_no_scan(db, pg, settings, encoding, said, read):
    name = f"depot_{encoding.lower()}"
    with pg.superuser() as root:
        root.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER depot_owner TEMPLATE template0 ENCODING {} LOCALE 'C'"
            ).format(sql.Identifier(name), sql.Literal(encoding))
        )
    try:
        with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
            owner.execute(BANK)
            owner.execute(f"ALTER TABLE loans ADD said text; UPDATE loans SET said = {said}")
            owner.execute("UPDATE loans SET said = 'plain' WHERE id = 'p1'")
            owner.execute(
                "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT 'PRET'::text AS check_code, severity,"
                " 'PRET'::text AS entity_type, id AS entity_id, said AS message, '{}'::jsonb AS payload,"
                " timestamptz '2026-01-01' AS detected_at FROM loans"
            )
            owner.execute("GRANT SELECT ON v_integrity_checks TO depot_reader")
            owner.execute("GRANT USAGE ON SCHEMA public TO depot_reader")
        settings.SOURCES = {"banque": pg.dsn(name, "depot_reader")}

        done = scan_run(source="banque")

        assert (done.outcome, done.error, done.rows) == (ScanOutcome.COMPLETE, "", 4)
        with acting_as_system("test"):
            found = dict(Alert.objects.values_list("entity_id", "message"))
        assert found == {"p1": "plain", "p2": read, "p3": read, "p4": read}
    finally:
        pg.drop(name)
