"""A view that changes: which version opened and closed an alert, and a change that nobody announced."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from alerts import services
from alerts.models import Alert, Cause, Decision
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from integrity.depot import scenario_load
from integrity.rules import compiler
from integrity.rules.catalog import catalog
from integrity.scans.models import Scan, ViewDefinition
from integrity.scans.scan import scan_run
from integrity.sources.installs import install_note
from tests.alerts.make import finding, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
CODE = "CDR_ARRIVE_STALE"

FOREIGN = """
CREATE TABLE loans (id text PRIMARY KEY, late_days int);
CREATE VIEW v_integrity_checks AS
SELECT 'PRET'::text AS check_code, 'WARN'::text AS severity, 'PRET'::text AS entity_type,
       id AS entity_id, 'En retard' AS message, '{}'::jsonb AS payload, now() AS detected_at
FROM loans WHERE late_days > %s;
"""


@pytest.fixture
def depot(pg, depot_db):
    """The owner's connection to a depot with five trucks that wait for too long."""
    with psycopg.connect(pg.dsn(depot_db, "depot_owner"), autocommit=True) as owner:
        scenario_load(owner, "prod-2026-02-19", now=datetime.now(UTC))
        yield owner


@pytest.fixture
def library(pg, fresh_source, settings):
    name = fresh_source(FOREIGN.replace("%s", "0"))
    settings.SOURCES = {"biblio": pg.dsn(name, "depot_reader")}
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        owner.execute("INSERT INTO loans SELECT 'p' || n, n FROM generate_series(1, 4) n")
        yield owner


@pytest.fixture(autouse=True)
def shipped(monkeypatch):
    """A console is upgraded with the rules that `view_apply` installs, as a release would have them."""
    held = dict(catalog())
    monkeypatch.setattr(
        compiler,
        "rules_select",
        lambda codes, source="depot": [held[code] for code in sorted(codes)],
    )
    return held


@pytest.fixture
def view_apply(shipped):
    def apply(owner, rules):
        shipped.update({rule.code: rule for rule in rules})
        install_note(compiler.view_apply(owner, rules).view)  # as integrity_view does

    return apply


def rules(**changes):
    """The shipped rules, the one about trucks changed; or without it for `version=None`."""
    shipped = dict(catalog())
    if changes.get("version", "") is None:
        del shipped[CODE]
        return list(shipped.values())
    rule = shipped[CODE]
    delay = replace(rule.parameters["delai"], value=changes.pop("delay", timedelta(days=2)))
    shipped[CODE] = replace(rule, parameters={"delai": delay}, **changes)
    return list(shipped.values())


def scanned(source="depot"):
    scan = scan_run(source=source)
    assert scan.outcome == "COMPLETE", scan.error
    return scan


def trucks():
    with acting_as_system("test"):
        return set(
            Alert.objects.filter(check_code=CODE).values_list(
                "status", "resolution_cause", "rule_version"
            )
        )


def drift():
    with acting_as_system("test"):
        return Alert.objects.filter(check_code="VIEW_DRIFT").first()


def entries(action):
    with acting_as_system("test"):
        found = LedgerEntry.objects.filter(action=action, check_code=CODE).order_by("seq")
        return [(entry.before, entry.after) for entry in found]


def test_a_loosened_threshold_closes_as_rule_changed_and_names_both_versions(depot, view_apply):
    before = scanned()
    assert trucks() == {("OPEN", None, "1.0.0")}
    view_apply(depot, rules(version="1.1.0", delay=timedelta(days=400)))
    after = scanned()
    assert trucks() == {("RESOLVED", "RULE_CHANGED", "1.1.0")}
    closed = entries("alert.close")
    assert len(closed) == 5
    for was, now in closed:
        assert (was["rule_version"], now["rule_version"]) == ("1.0.0", "1.1.0")
        assert now["resolution_cause"] == "RULE_CHANGED"
    assert (before.rules[CODE], after.rules[CODE]) == ("1.0.0", "1.1.0")
    assert before.view_hash != after.view_hash
    assert drift() is None  # the version says so: nobody changed it behind our back


def test_the_ledger_knows_which_version_opened_and_which_closed_each_episode(depot, view_apply):
    scanned()
    view_apply(depot, rules(version="1.1.0", delay=timedelta(days=400)))
    scanned()
    view_apply(depot, rules(version="1.2.0"))
    scanned()
    depot.execute("UPDATE cours_de_route SET statut = 'TRANSIT'")
    scanned()
    with acting_as_system("test"), connection.cursor() as cursor:
        one = Alert.objects.filter(check_code=CODE)[0]
        cursor.execute("SELECT * FROM alert_episode_rule(%s) ORDER BY 1", [one.pk])
        assert cursor.fetchall() == [(1, "1.0.0", "1.1.0"), (2, "1.2.0", "1.2.0")]
    assert trucks() == {("RESOLVED", "DATA_FIXED", "1.2.0")}


def test_a_rule_that_is_gone_closes_its_alerts_as_rule_removed(depot, view_apply):
    scanned()
    view_apply(depot, rules(version=None))
    scanned()
    assert trucks() == {("RESOLVED", "RULE_REMOVED", None)}
    assert {was["rule_version"] for was, _ in entries("alert.close")} == {"1.0.0"}


def test_mended_data_closes_as_data_fixed_also_when_another_rule_changed(depot, view_apply):
    scanned()
    shipped = [
        replace(rule, version="9.0.0") if rule.code == "STOCK_NEGATIF" else rule for rule in rules()
    ]
    view_apply(depot, shipped)
    depot.execute("UPDATE cours_de_route SET statut = 'TRANSIT'")
    scanned()
    assert trucks() == {("RESOLVED", "DATA_FIXED", "1.0.0")}


def test_an_alert_that_stays_stands_by_the_new_version(depot, view_apply):
    scanned()
    view_apply(depot, rules(version="1.1.0"))
    scanned()
    assert trucks() == {("OPEN", None, "1.1.0")}
    assert [now for _, now in entries("alert.change")]
    for was, now in entries("alert.change"):
        assert (was["rule_version"], now["rule_version"]) == ("1.0.0", "1.1.0")


def by_hand(owner):
    """What somebody does who wants silence: the same comment, another SELECT."""
    (text,) = owner.execute("SELECT pg_get_viewdef('v_integrity_checks'::regclass)").fetchone()
    owner.execute(
        f"CREATE OR REPLACE VIEW v_integrity_checks AS SELECT * FROM ({text.rstrip(';')}) v"
        f" WHERE check_code <> '{CODE}'"
    )


def test_a_view_changed_by_hand_is_a_drift_until_it_is_installed_again(depot, view_apply):
    first = scanned()
    by_hand(depot)
    second = scanned()
    alert = drift()
    assert (alert.source, alert.entity_id, alert.severity) == ("console", "depot", "WARN")
    assert alert.payload == {
        "source": "depot",
        "change": "edited",
        "names": "",
        "expected_sha256": first.view_hash,
        "view_sha256": second.view_hash,
        "expected_evidence_sha256": first.evidence_hash,
        "evidence_sha256": first.evidence_hash,
        "moved": [],
    }
    assert "à la main" in alert.message
    assert trucks() == {("OPEN", None, "1.0.0")}  # nobody mended anything
    scanned()
    assert (drift().status, drift().version) == ("OPEN", 1)
    view_apply(depot, rules())
    scanned()
    assert (drift().status, drift().resolution_cause) == ("RESOLVED", "DATA_FIXED")
    assert {status for status, _, _ in trucks()} == {"OPEN"}


def test_a_comment_that_blames_another_rule_does_not_make_it_a_repair(depot):
    scanned()
    by_hand(depot)
    (comment,) = depot.execute(
        "SELECT obj_description('v_integrity_checks'::regclass)::jsonb"
    ).fetchone()
    comment["rules"]["STOCK_NEGATIF"] = "9.0.0"
    depot.execute(f"COMMENT ON VIEW v_integrity_checks IS $${json.dumps(comment)}$$")
    scanned()
    assert drift().status == "OPEN"
    assert trucks() == {("OPEN", None, "1.0.0")}


def test_a_hand_change_that_a_person_calls_resolved_opens_again(depot):
    admin = make_user("admin", {"depot": Role.ADMIN})
    scanned()
    by_hand(depot)
    scanned()
    resolve(admin, drift())
    assert drift().status == "RESOLVED"
    scanned()
    assert trucks() == {("RESOLVED", "RULE_CHANGED", "1.0.0")}
    assert (drift().status, drift().episode) == ("OPEN", 1)


def test_other_text_under_the_same_versions_is_a_drift_until_a_version_says_so(depot, view_apply):
    scanned()
    view_apply(depot, rules(delay=timedelta(days=400)))
    scanned()
    assert drift().status == "OPEN"
    assert "sans que la version" in drift().message
    assert trucks() == {("OPEN", None, "1.0.0")}
    scanned()
    assert drift().status == "OPEN"
    view_apply(depot, rules(version="1.1.0", delay=timedelta(days=400)))
    scanned()
    assert drift().status == "RESOLVED"


def change(owner, days):
    owner.execute("DROP VIEW v_integrity_checks")
    owner.execute(FOREIGN.partition(";")[2].replace("%s", str(days)))


def resolve(person, alert, decision=Decision.CORRIGE, **more):
    with acting_as_user(person.pk):
        services.alert_resolve(
            alert_id=alert.pk,
            version=alert.version,
            resolution=services.Resolution("voulu", Cause.AUTRE, decision, **more),
        )


def test_a_view_of_somebody_elses_that_changes_is_a_drift_until_a_person_or_the_old_text(library):
    admin = make_user("admin", {"biblio": Role.ADMIN})
    first = scanned("biblio")
    change(library, 2)
    scanned("biblio")
    assert drift().payload["expected_sha256"] == first.view_hash
    with acting_as_system("test"):
        assert not Alert.objects.filter(source="biblio", status="RESOLVED").exists()
    assert scanned("biblio").held == 2
    assert (drift().status, drift().version) == ("OPEN", 1)
    change(library, 0)
    scanned("biblio")
    assert drift().status == "RESOLVED"
    change(library, 3)
    scanned("biblio")
    resolve(admin, drift())
    assert scanned("biblio").closed == 3
    assert (drift().status, drift().episode) == ("RESOLVED", 2)  # what is there is what should be
    with acting_as_system("test"):
        closed = Alert.objects.filter(source="biblio", status="RESOLVED")
        assert set(closed.values_list("resolution_cause", flat=True)) == {"RULE_CHANGED"}
    library.execute("DELETE FROM loans")
    scanned("biblio")
    with acting_as_system("test"):
        last = Alert.objects.get(source="biblio", entity_id="p4")
    assert last.resolution_cause == "DATA_FIXED"


def test_another_change_lapses_an_acknowledgement_of_the_first(library):
    admin = make_user("admin", {"biblio": Role.ADMIN})
    scanned("biblio")
    change(library, 2)
    scanned("biblio")
    with acting_as_user(admin.pk):
        services.alert_acknowledge(alert_id=drift().pk, version=1)
    scanned("biblio")
    assert drift().status == "ACK"
    change(library, 3)
    scanned("biblio")
    assert drift().status == "OPEN"


def test_a_view_of_ours_that_somebody_replaces_by_theirs_is_a_drift(depot, pg):
    scanned()
    depot.execute("DROP VIEW v_integrity_checks")
    depot.execute("CREATE TABLE loans (id text PRIMARY KEY, late_days int)")
    depot.execute(FOREIGN.partition(";")[2].replace("%s", "0"))
    scanned()
    assert drift().status == "OPEN"
    assert trucks() == {("OPEN", None, "1.0.0")}


def test_a_first_installation_over_another_view_is_no_drift(library, pg, view_apply):
    scanned("biblio")
    library.execute("DROP VIEW v_integrity_checks; DROP TABLE loans")
    from integrity.depot import schema_create

    schema_create(library)
    view_apply(library, rules())
    scanned("biblio")
    assert drift() is None
    assert scanned("biblio").closed == 4  # the second time the same was read
    with acting_as_system("test"):
        causes = set(Alert.objects.values_list("resolution_cause", flat=True))
    assert causes == {"RULE_CHANGED"}


def test_each_definition_is_kept_once_as_its_hash_says_and_for_those_who_hold_the_source(library):
    scanned("biblio")
    scanned("biblio")
    change(library, 2)
    scan = scanned("biblio")
    with acting_as_system("test"):
        assert ViewDefinition.objects.filter(definition__startswith=" SELECT").count() == 2
        assert ViewDefinition.objects.count() == 3  # and what both were read through
        kept = ViewDefinition.objects.get(view_hash=scan.view_hash)
        assert "late_days > 2" in kept.definition
        assert Scan.objects.filter(source="biblio").values("view_hash").distinct().count() == 2
    for roles, seen in (({"biblio": Role.GERANT}, 3), ({"autre": Role.ADMIN}, 0)):
        with acting_as_user(make_user(f"u{seen}", roles).pk):
            assert ViewDefinition.objects.count() == seen


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE integrity_view_definition SET definition = 'x'",
        "DELETE FROM integrity_view_definition",
        "TRUNCATE integrity_view_definition",
        "INSERT INTO integrity_view_definition VALUES"
        " (gen_random_uuid(), 'biblio', repeat('0', 64), 'another text', now())",
    ],
)
def test_a_definition_is_never_rewritten_nor_kept_under_another_hash(library, harm):
    scanned("biblio")
    with (
        acting_as_system("test"),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        cursor.execute(harm)


def test_no_person_says_by_which_version_an_anomaly_was_found(db):
    person = make_user("directeur", {"depot": Role.DIRECTEUR})
    take_in([finding()])
    with (
        acting_as_user(person.pk),
        pytest.raises(DatabaseError, match="only a scan"),
        transaction.atomic(),
    ):
        Alert.objects.update(rule_version="6.6.6")


def test_a_version_moved_past_the_service_leaves_an_entry(db):
    take_in([finding()])
    with acting_as_system("psql"):
        Alert.objects.update(rule_version="6.6.6")
        last = LedgerEntry.objects.order_by("-seq")[0]
    assert last.after is not None
    assert (last.action, last.after["rule_version"]) == ("alert.change", "6.6.6")
