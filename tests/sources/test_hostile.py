"""Whoever controls a source tries to make the console say what is false, or say nothing at all."""

# ruff: noqa: F811 - fixtures
import json
import threading
from contextlib import suppress
from html import unescape

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from psycopg import sql

from alerts import services
from alerts.models import Alert
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from integrity.scans.models import Scan, ScanOutcome, ViewDefinition
from integrity.scans.scan import scan_run
from integrity.sources.connections import source_transaction
from integrity.sources.installed_view import view_installed
from tests.conftest import make_user
from tests.scans.test_eyes import BANK, bank, drift  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

VIEW = """CREATE OR REPLACE VIEW v_integrity_checks AS
SELECT 'PRET'::text AS check_code, severity, 'PRET'::text AS entity_type, id AS entity_id,
       'En retard'::text AS message, {payload} AS payload, timestamptz '{at}' AS detected_at
FROM {table} WHERE {where}"""

# What the catalogue said before, for ever after.
FORGERY = """
CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC;
SET search_path = '';
CREATE TABLE evil.told AS SELECT oid, pg_get_viewdef(oid) AS said FROM pg_class
  WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace;
RESET search_path;
GRANT SELECT ON evil.told TO PUBLIC;
CREATE FUNCTION evil.pg_get_viewdef(o oid) RETURNS text LANGUAGE sql AS
  $$ SELECT coalesce((SELECT said FROM evil.told WHERE told.oid = o), pg_catalog.pg_get_viewdef(o)) $$;
CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN $1 = 'search_path' THEN $2 ELSE pg_catalog.set_config($1, $2, $3) END $$;
CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN $1 = 'search_path' THEN '"$user", public' ELSE pg_catalog.current_setting($1) END $$;
"""


def view(table: str = "loans", *, payload="'{}'::jsonb", at="2026-01-01", where="true") -> str:
    return VIEW.format(table=table, payload=payload, at=at, where=where)


def stored(**which):
    with acting_as_system("test"):
        return list(Alert.objects.filter(source="banque", **which))


def test_functions_put_before_postgresqls_own_forge_no_evidence(bank):
    scan_run(source="banque")
    bank.execute(FORGERY)
    name = sql.Identifier(bank.info.dbname)
    bank.execute(
        sql.SQL("ALTER DATABASE {} SET search_path = evil, pg_catalog, public").format(name)
    )
    bank.execute(
        "CREATE OR REPLACE VIEW public.below2 AS SELECT * FROM public.loans WHERE id <> 'p1'"
    )

    for _ in range(2):
        done = scan_run(source="banque")
        assert (done.outcome, done.closed, done.held) == (ScanOutcome.COMPLETE, 0, 1)
    found = drift()
    assert found.payload["moved"] == ["SETTINGS", "VIEW public.below2"]


def test_functions_of_the_view_still_have_the_sources_own_search_path(bank):
    bank.execute(
        "CREATE SCHEMA theirs; GRANT USAGE ON SCHEMA theirs TO PUBLIC;"
        "CREATE FUNCTION theirs.one() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION public.two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN one() + 1; END $$"
    )
    name = sql.Identifier(bank.info.dbname)
    bank.execute(sql.SQL("ALTER DATABASE {} SET search_path = theirs, public").format(name))
    bank.execute(view(where="two() = 2").replace("VIEW v_", "VIEW public.v_"))

    assert (scan_run(source="banque").outcome, len(stored())) == (ScanOutcome.COMPLETE, 4)


def test_a_function_that_sets_the_datestyle_moves_no_date(bank):
    bank.execute(
        "CREATE FUNCTION sets() RETURNS text LANGUAGE sql IMMUTABLE AS"
        " $$ SELECT set_config('datestyle', 'SQL, DMY', true)"
        " || set_config('timezone', 'Asia/Tokyo', true) $$"
    )
    bank.execute(view(at="2026-11-03 00:00:00+00", where="sets() IS NOT NULL"))
    scan_run(source="banque")

    assert {one.first_detected_at.isoformat() for one in stored()} == {"2026-11-03T00:00:00+00:00"}


@pytest.mark.parametrize("edge", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_an_instant_at_the_calendars_edge_breaks_no_page(bank, edge):
    say = "jsonb_build_object('until_at', '{}')"
    bank.execute(view(payload=say.format("2026-01-01T00:00:00Z")))
    scan_run(source="banque")
    bank.execute(view(payload=say.format(edge)))
    scan_run(source="banque")
    person = Client()
    person.force_login(make_user("p", {"banque": Role.ADMIN}))
    alert = stored(entity_id="p1")[0]

    pages = [
        person.get(f"/governance/alerts/{alert.pk}"),
        person.get(f"/governance/history?alert={alert.pk}"),
        person.get("/governance/history"),
        person.post("/governance/live", {"source": "banque"}),
    ]
    assert [page.status_code for page in pages] == [200] * 4
    assert edge in unescape(pages[0].content.decode())
    assert edge in unescape(pages[1].content.decode())

    bank.execute(view(payload=say.format("2026-01-02T00:00:00Z")))
    live = person.post("/governance/live", {"source": "banque"})
    assert live.status_code == 200


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "MULE_INTERNAL"])
def test_one_source_does_not_keep_the_next_from_being_read(
    bank, fresh_source, pg, settings, encoding
):
    settings.SOURCES |= {"zoo": pg.dsn(fresh_source(BANK), "depot_reader")}
    bank.execute(
        "CREATE FUNCTION sets() RETURNS text LANGUAGE sql IMMUTABLE AS"
        f" $$ SELECT set_config('client_encoding', '{encoding}', true) $$"
    )
    bank.execute(view(where="sets() IS NOT NULL"))

    with suppress(SystemExit):
        call_command("sync_alerts")
    with suppress(SystemExit):
        call_command("source_check", source="banque")

    with acting_as_system("test"):
        outcomes = dict(Scan.objects.exclude(source="console").values_list("source", "outcome"))
    assert outcomes["zoo"] == ScanOutcome.COMPLETE
    assert set(outcomes) == {"banque", "zoo"}


def test_any_error_of_a_scan_is_a_failed_scan(bank, settings):
    """A source that the settings name no more, while its job still waited, is one that nobody foresaw."""
    scan_run(source="banque")
    address = settings.SOURCES.pop("banque")

    done = scan_run(source="banque")

    assert (done.outcome, done.closed) == (ScanOutcome.FAILED, 0)
    assert done.error == "une erreur imprévue l’a interrompu (KeyError)"
    assert {one.status for one in stored()} == {"OPEN"}
    settings.SOURCES["banque"] = address
    assert scan_run(source="banque").outcome == ScanOutcome.COMPLETE


def comment(owner, said):
    text = sql.Literal(json.dumps(said))
    owner.execute(sql.SQL("COMMENT ON VIEW v_integrity_checks IS {}").format(text))


def as_if_installed(owner, version):
    """The comment that `integrity_view` would have written, over whatever the view is."""
    with source_transaction("banque") as source:
        view = view_installed(source)
    assert view
    installed = view.definition_hash
    comment(
        owner,
        {
            "rules": {"PRET": version},
            "definition_sha256": "0" * 64,
            "installed_sha256": installed,
        },
    )


def test_a_comment_of_somebody_elses_makes_no_view_ours(bank):
    as_if_installed(bank, "1.0.0")
    assert not scan_run(source="banque").compiled
    bank.execute(view(where="id <> 'p1'"))
    as_if_installed(bank, "9.9.9")

    done = scan_run(source="banque")

    assert (done.compiled, done.closed, done.held) == (False, 0, 1)
    assert drift().status == "OPEN"


@pytest.mark.parametrize(
    "said",
    [
        {"rules": {"PRET": "\ud800"}},
        {"rules": {"PRET": "\u0000"}},
        {"rules": {"PRET\u0000": "1"}, "installed_sha256": "\u0000"},
        {"rules": {"PRET": "1"}, "definition_sha256": "x", "installed_sha256": {"a": 1}},
        {"rules": {"PRET": {}}, "definition_sha256": [1], "installed_sha256": [1]},
        {"rules": {"PRET": 1e300}, "definition_sha256": 1, "installed_sha256": True},
    ],
    ids=range(6),
)
def test_a_comment_that_is_no_comment_of_ours_says_nothing(bank, said):
    comment(bank, said)

    done = scan_run(source="banque")

    assert (done.outcome, done.opened, done.compiled) == (ScanOutcome.COMPLETE, 4, False)
    assert drift() is None


BENEATH = {
    "a generated column": (
        "ALTER TABLE loans ADD bad boolean GENERATED ALWAYS AS (late_days > 0) STORED;"
        + view(where="bad"),
        "ALTER TABLE loans DROP bad CASCADE;"
        "ALTER TABLE loans ADD bad boolean GENERATED ALWAYS AS (late_days > 2) STORED;"
        + view(where="bad")
        + "; GRANT SELECT ON v_integrity_checks TO depot_reader",
        "TABLE public.loans",
    ),
    "an enum's labels": (
        "CREATE TYPE state AS ENUM ('HERE'); ALTER TABLE loans ADD state state DEFAULT 'HERE';"
        + view(where="state::text = 'HERE' OR id > 'p2'"),
        "ALTER TYPE state RENAME VALUE 'HERE' TO 'THERE'",
        "TYPE public.state",
    ),
    "letters outside ASCII": (
        "CREATE VIEW réussies AS SELECT * FROM loans;"
        "CREATE FUNCTION f() RETURNS SETOF loans LANGUAGE plpgsql STABLE SECURITY DEFINER AS"
        " $$ BEGIN RETURN QUERY SELECT * FROM réussies; END $$;" + view("f()"),
        "CREATE OR REPLACE VIEW réussies AS SELECT * FROM loans WHERE late_days > 2",
        'VIEW public."réussies"',
    ),
}


@pytest.mark.parametrize(("before", "harm", "named"), BENEATH.values(), ids=BENEATH)
def test_what_moved_beneath_is_evidence(bank, before, harm, named):
    bank.execute(before)
    scan_run(source="banque")
    bank.execute(harm)

    done = scan_run(source="banque")

    assert (done.outcome, done.closed, done.held) == (ScanOutcome.COMPLETE, 0, 2)
    assert named in drift().payload["moved"]


def test_a_table_that_only_a_body_names_is_held_against_a_reload(bank, pg):
    bank.execute(
        "CREATE FUNCTION f() RETURNS SETOF loans LANGUAGE plpgsql STABLE AS"
        " $$ BEGIN RETURN QUERY SELECT * FROM loans; END $$;" + view("f()")
    )
    scan_run(source="banque")
    with psycopg.connect(pg.dsn(bank.info.dbname, "depot_owner")) as other:
        other.execute("CREATE TEMP TABLE kept AS SELECT * FROM loans")
        other.execute("TRUNCATE loans; INSERT INTO loans SELECT * FROM kept")
        soon = threading.Timer(0.3, other.commit)
        soon.start()
        done = scan_run(source="banque")
        soon.join()

    assert (done.outcome, done.rows, done.closed) == (ScanOutcome.COMPLETE, 4, 0)


def test_many_rows_of_one_identity_are_one_payloads_worth(bank):
    bank.execute(
        view("loans, generate_series(1, 40)", payload="jsonb_build_object('v', repeat('x', 9000))")
    )
    scan_run(source="banque")

    one = stored(entity_id="p1")[0]
    assert (one.occurrences, len(one.payload)) == (40, 7)


@pytest.mark.parametrize("blank", ["E'\\n\\t'", "U&'\\00A0'"])
def test_a_text_of_blanks_is_no_text(bank, blank):
    bank.execute(view().replace("'En retard'::text", f"{blank}::text"))

    assert scan_run(source="banque").quarantined == 4


def test_more_rows_set_aside_end_an_acknowledgement(bank):
    admin = make_user("admin", {"banque": Role.ADMIN})
    bad = "CASE WHEN late_days <= {} THEN ' ' ELSE 'En retard' END"

    def aside(count):
        bank.execute(view().replace("'En retard'::text", bad.format(count)))
        scan_run(source="banque")
        with acting_as_system("test"):
            return Alert.objects.get(check_code="ROW_QUARANTINED")

    found = aside(2)
    with acting_as_user(admin.pk):
        services.alert_acknowledge(alert_id=found.pk, version=found.version)

    assert [aside(1).status, aside(2).status, aside(3).status] == ["ACK", "ACK", "OPEN"]


def test_a_long_text_beneath_is_kept_in_part(bank):
    bank.execute(
        f"CREATE OR REPLACE VIEW below2 AS SELECT * FROM loans WHERE '{'x' * 90_000}' <> ''"
    )
    scan_run(source="banque")
    with acting_as_system("test"):
        kept = ViewDefinition.objects.get(definition__contains="VIEW public.below2")
    assert "sha256 of the whole" in kept.definition
    assert len(kept.definition) < 80_000


@pytest.mark.parametrize("size", [20_000, 3_000_000])
def test_an_error_of_any_length_is_a_failed_scan_and_leaves_the_consoles_connection(bank, size):
    bank.execute(
        "CREATE FUNCTION boom() RETURNS boolean LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '%', repeat('x', {size}); END $$;" + view(where="boom()")
    )
    backend = "SELECT pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(backend)
        before = cursor.fetchone()

    done = scan_run(source="banque")

    assert (done.outcome, done.error) == (ScanOutcome.FAILED, "x" * 300)
    with connection.cursor() as cursor:
        cursor.execute(backend)
        assert cursor.fetchone() == before


@pytest.mark.parametrize("what", ["comment", "definition"])
def test_a_text_of_any_length_does_not_fill_this_consoles_memory(bank, what):
    if what == "comment":
        bank.execute(
            "DO $$ BEGIN EXECUTE format("
            "'COMMENT ON VIEW v_integrity_checks IS %L', repeat('x', 9000000)); END $$"
        )
    else:
        bank.execute(view(where=f"severity <> '{'x' * 9_000_000}'"))
    with source_transaction("banque") as source:
        found = view_installed(source)
    assert found
    assert len(found.comment or "") + len(found.definition) < 2_100_000
    assert scan_run(source="banque").outcome == ScanOutcome.COMPLETE


def test_names_that_pages_offer_are_bounded_for_ever(bank):
    """Also when they come a few at a time; what is known already goes on being read."""

    def read(first, last):
        bank.execute(
            view(f"loans, generate_series({first}, {last}) AS n", where="id = 'p1'").replace(
                "'PRET'::text AS entity_type", "'T' || n AS entity_type"
            )
        )
        done = scan_run(source="banque")
        return done.outcome, "couples" in done.error

    assert read(1, 2_001) == (ScanOutcome.FAILED, True)
    assert read(1, 1_500) == (ScanOutcome.COMPLETE, False)
    assert read(1_001, 2_500) == (ScanOutcome.FAILED, True)
    assert read(1, 1_400) == (ScanOutcome.COMPLETE, False)
