"""A reading stands where the source has not moved, says so, and never where that cannot be known."""

from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from alerts.models import Alert, Cause, Decision
from alerts.services import Resolution, alert_acknowledge, alert_reopen, alert_resolve
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from integrity.scans import scan as scanning
from integrity.scans.reading import standing
from integrity.sources.position import position_read
from integrity.sources.still import rules_still
from tests.conftest import make_user
from tests.scans.still import CLOCK, CODES, depot, own_server, scanned, stood

__all__ = ["depot", "own_server"]

MOVES = (
    "INSERT INTO depots (nom) VALUES ('x')",
    "UPDATE depots SET nom = 'y'",
    "DELETE FROM depots WHERE nom = 'y' AND id NOT IN (SELECT depot_id FROM citernes)",
    "TRUNCATE stocks_adjustments",
    "CREATE INDEX ON depots (nom)",
    "ALTER TABLE depots ADD COLUMN z int",
    "ANALYZE depots",
    "COMMENT ON TABLE depots IS 'z'",
    "GRANT SELECT ON depots TO depot_owner",
    "SELECT pg_reload_conf()",
    "SELECT pg_stat_reset_shared('bgwriter')",
)


def test_nothing_moved_and_only_the_clock_is_asked(depot):
    wrong = depot.reception(at_15c=10_000.0)
    first = scanned()
    assert (stood(first), first.opened) == (False, 1)
    assert first.position["still"] == sorted({*CODES} - {CLOCK})
    second = scanned()
    assert second.stands_since == first.started_at
    assert (second.rows, second.per_code, second.position) == (
        1,
        {"RECEPTION_ECART_15C": 1},
        first.position,
    )
    assert (second.view_hash, second.evidence_hash, second.rules) == (
        first.view_hash,
        first.evidence_hash,
        first.rules,
    )
    third = scanned()
    assert third.stands_since == first.started_at
    with acting_as_system("test"):
        # Nobody saw it again: that is what its row says.
        assert Alert.objects.get(entity_id=str(wrong)).last_detected_at == first.started_at
    # A truck's two days pass without anybody writing.
    depot.facts.row(
        "cours_de_route", statut="ARRIVE", created_at=timezone.now() - timedelta(days=3)
    )
    assert not stood(scanned())
    depot.owner.execute("UPDATE receptions SET volume_corrige_15c = 20000")
    scan = scanned()
    assert (stood(scan), scan.closed) == (False, 1)


def test_a_rule_that_asks_the_time_goes_on_while_the_others_stand(depot):
    depot.facts.row(
        "cours_de_route",
        statut="ARRIVE",
        created_at=timezone.now() - timedelta(hours=48) + timedelta(seconds=1),
    )
    scanned()
    opened = 0
    for _turn in range(50):
        scan = scanned()
        assert stood(scan)
        opened += scan.opened
        if opened:
            break
    assert (opened, scan.per_code) == (1, {CLOCK: 1})
    assert stood(scanned())


def test_whatever_may_have_changed_something_is_read(depot):
    scanned()
    last = scanned()
    assert stood(last)
    with closing(depot.dba()) as dba:
        for statement in MOVES:
            dba.execute(statement)
            for _turn in range(
                2000 if "reload" in statement else 0
            ):  # the postmaster takes its time
                with closing(psycopg.connect(depot.reader, autocommit=True)) as reader:
                    if position_read(reader) != last.position["at"]:
                        break
            last = scanned()
            assert not stood(last), statement
            last = scanned()
            assert stood(last), statement


def test_a_transaction_that_is_open_moves_the_source_when_it_commits(depot):
    with closing(psycopg.connect(depot.owner.info.dsn, autocommit=False)) as other:
        other.execute("INSERT INTO depots (nom) VALUES ('later')")
        scanned()
        assert stood(scanned())  # what nobody sees yet
        other.commit()
    assert not stood(scanned())
    with closing(psycopg.connect(depot.owner.info.dsn, autocommit=False)) as other:
        other.execute("SELECT count(*) FROM depots")
    assert stood(scanned())


def test_a_crash_of_the_server_ends_all_trust(depot):
    scanned()
    with closing(psycopg.connect(depot.reader, autocommit=True)) as reader:
        before = position_read(reader)
    depot.owner.close()
    depot.server.stop()
    assert not depot.server.is_running()
    depot.server.start()
    with closing(psycopg.connect(depot.reader, autocommit=True)) as reader:
        assert position_read(reader) not in ("", before)
    assert not stood(scanned())


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE receptions SET UNLOGGED",
        "ALTER TABLE receptions ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON receptions USING (true)",
        "CREATE TABLE part () INHERITS (receptions); ALTER TABLE part SET UNLOGGED",
    ],
)
def test_what_a_crash_or_a_policy_decides_is_read_every_time(depot, change):
    depot.owner.execute("ALTER TABLE sorties_produit ADD COLUMN n int")
    with closing(psycopg.connect(depot.reader, autocommit=True)) as reader:
        assert "RECEPTION_ECART_15C" in rules_still(reader, CODES)
    depot.owner.execute(change)
    with closing(psycopg.connect(depot.reader, autocommit=True)) as reader:
        still = rules_still(reader, CODES)
    assert "RECEPTION_ECART_15C" not in still
    assert "SORTIE_ECART_15C" in still


@pytest.mark.parametrize(
    ("body", "is_still"),
    [
        ("s.stock_ambiant", True),
        ("s.stock_ambiant + 0 * extract(epoch FROM now())::double precision", False),
        ("s.stock_ambiant + 0 * extract(epoch FROM current_date)::double precision", False),
        ("s.stock_ambiant + 0 * random()", False),
        ("s.stock_ambiant + 0 * length(current_setting('application_name'))", False),
        (
            "s.stock_ambiant + 0 * extract(epoch FROM 'now'::text::timestamptz)::double precision",
            False,
        ),
        ("s.stock_ambiant + 0 * own()", False),
        ("s.stock_ambiant + 0 * (SELECT count(*) FROM pg_stat_activity)", False),
        ("s.stock_ambiant + 0 * (SELECT count(*) FROM depots TABLESAMPLE SYSTEM (50))", False),
    ],
)
def test_a_view_below_is_looked_through(depot, body, is_still):
    """`own` says that it is immutable; anybody may say so."""
    depot.owner.execute(
        "CREATE FUNCTION own() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';"
        "ALTER VIEW v_stock_actuel RENAME TO v_stock;"
        "CREATE VIEW v_bas AS SELECT s.depot_id, s.citerne_id, s.produit_id, s.proprietaire_type,"
        f" ({body})::double precision AS stock_ambiant, s.stock_15c, s.last_movement_at, s.updated_at,"
        " s.stock_ambiant_base, s.stock_15c_base, s.delta_ambiant_total, s.delta_15c_total FROM v_stock AS s"
    )
    text = depot.owner.execute("SELECT pg_get_viewdef('v_integrity_checks'::regclass)").fetchone()[
        0
    ]
    depot.owner.execute(
        "CREATE OR REPLACE VIEW v_integrity_checks AS " + text.replace("v_stock v", "v_bas v")
    )
    with closing(psycopg.connect(depot.reader, autocommit=True)) as reader:
        assert ("STOCK_NEGATIF" in rules_still(reader, CODES)) == is_still


def test_what_people_decided_is_confirmed_by_a_reading(depot):
    depot.reception(at_15c=10_000.0)
    person = make_user("claire", {"depot": Role.DIRECTEUR})
    scanned()
    with acting_as_system("test"):
        alert = Alert.objects.get(source="depot")
    with acting_as_user(person.pk):
        alert = alert_acknowledge(alert_id=alert.pk, version=alert.version)
    assert stood(scanned())
    with acting_as_user(person.pk):
        alert_resolve(
            alert_id=alert.pk,
            version=alert.version,
            resolution=Resolution(note="fait", cause=Cause.AUTRE, decision=Decision.CORRIGE),
        )
    scan = scanned()
    assert (stood(scan), scan.reopened) == (False, 1)
    assert stood(scanned())


def test_what_a_person_reopened_is_looked_for_by_a_reading(depot):
    """Confirmed as mended, then reopened: the reading that stands did not see it."""
    wrong = depot.reception(at_15c=10_000.0)
    person = make_user("claire", {"depot": Role.DIRECTEUR})
    scanned()
    with acting_as_user(person.pk):
        alert = Alert.objects.get(entity_id=str(wrong))
        alert = alert_resolve(
            alert_id=alert.pk,
            version=alert.version,
            resolution=Resolution(note="fait", cause=Cause.AUTRE, decision=Decision.CORRIGE),
        )
    depot.owner.execute("UPDATE receptions SET volume_corrige_15c = 20000")
    assert not stood(scanned())
    assert stood(scanned())
    with acting_as_user(person.pk):
        alert_reopen(alert_id=alert.pk, version=Alert.objects.get().version, note="à revoir")
    scan = scanned()
    assert (stood(scan), scan.closed, scan.disputed) == (False, 1, {})
    assert stood(scanned())


def test_a_day_is_the_longest_and_a_disagreement_is_critical(depot, monkeypatch):
    depot.reception(at_15c=10_000.0)
    first = scanned()
    monkeypatch.setattr(standing, "CONFIRMED_EVERY", timedelta(0))
    full = scanned()
    assert (stood(full), full.position["at"], full.disputed) == (False, first.position["at"], {})
    monkeypatch.undo()
    monkeypatch.setattr(scanning, "STANDS_FROM", timedelta(0))
    # As if the server had lied: it gives the position of before for what is there now.
    depot.owner.execute("UPDATE receptions SET volume_corrige_15c = 20000")
    monkeypatch.setattr(standing, "CONFIRMED_EVERY", timedelta(0))
    for module in (scanning, standing):
        monkeypatch.setattr(module, "position_read", lambda _connection: first.position["at"])
    wrong = scanned()
    assert wrong.disputed == {"RECEPTION_ECART_15C": 1}
    with acting_as_system("test"):
        alert = Alert.objects.get(check_code="UNCHANGED_DISPUTED")
    assert (alert.status, alert.severity, alert.entity_id) == ("OPEN", "CRITICAL", "depot")
    monkeypatch.setattr(standing, "CONFIRMED_EVERY", timedelta(days=1))
    assert not stood(scanned())  # it is read in full for a week
    with acting_as_system("test"):
        assert Alert.objects.get(pk=alert.pk).status == "OPEN"


def test_the_pages_say_that_it_was_not_read_again(depot, client: Client):
    scanned()
    scan = scanned()
    client.force_login(make_user("directeur", {"depot": Role.DIRECTEUR}))
    for address in (
        "/governance/scans",
        f"/governance/scans/{scan.pk}",
        "/governance/sources/depot",
    ):
        page = client.get(address).content.decode()
        assert "Non relue, inchangée depuis" in page, address
    client.cookies["django_language"] = "en"
    assert "Not read again, unchanged since" in client.get("/governance/scans").content.decode()


def test_a_small_source_is_read(depot, monkeypatch):
    monkeypatch.setattr(scanning, "STANDS_FROM", standing.STANDS_FROM)
    assert scanned().position == {}
    assert not stood(scanned())
