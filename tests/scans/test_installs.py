"""A comment that copies what the rules publish makes no view ours: the console knows what it installed."""

# ruff: noqa: F811 - fixtures
import json

import psycopg
import pytest
from django.core.management import call_command
from psycopg import sql

from alerts import services
from alerts.models import Alert
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from integrity.rules.catalog import catalog
from integrity.rules.compiler import definition_sha256, script_sql, view_apply
from integrity.sources.connections import source_transaction
from integrity.sources.installed_view import view_installed
from tests.conftest import make_user
from tests.scans.test_versions import CODE, depot, drift, scanned  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def installed():
    with source_transaction("depot") as source:
        view = view_installed(source)
    assert view
    return view


def forge(owner, codes, hides):
    """The view with `hides` in its text, and the comment that an installation of these rules would write."""
    owner.execute(
        "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT * FROM ("
        f"{installed().definition.rstrip(';')}) AS v WHERE check_code NOT IN ({hides})"
    )
    rules = [catalog()[code] for code in sorted(codes)]
    said = {
        "rules": {rule.code: rule.version for rule in rules},
        "definition_sha256": definition_sha256(rules),
        "installed_sha256": installed().definition_hash,
    }
    comment = sql.SQL("COMMENT ON VIEW v_integrity_checks IS {}").format(
        sql.Literal(json.dumps(said))
    )
    owner.execute(comment)


def closed():
    with acting_as_system("test"):
        found = Alert.objects.filter(source="depot", status="RESOLVED")
        return set(found.values_list("check_code", "resolution_cause"))


SUBSET = sorted(set(catalog()) - {"STOCK_NEGATIF"})


def test_a_copied_hash_of_fewer_rules_closes_nothing_and_is_a_drift(depot):
    first = scanned()
    forge(depot, SUBSET, f"'{CODE}'")
    second, third = scanned(), scanned()
    assert (first.compiled, second.compiled, third.compiled) == (True, False, False)
    assert (second.closed, third.closed) == (0, 0)
    assert second.held == third.held > 0
    assert drift().status == "OPEN"
    assert closed() == set()


def test_installing_over_a_forged_view_or_comment_replaces_it(depot):
    scanned()
    forge(depot, catalog(), f"'{CODE}'")
    assert view_apply(depot, list(catalog().values())).outcome == "replaced"
    said = json.loads(installed().comment or "")
    said["rules"][CODE] = "9.9.9"
    comment = sql.SQL("COMMENT ON VIEW v_integrity_checks IS {}").format(
        sql.Literal(json.dumps(said))
    )
    depot.execute(comment)
    assert view_apply(depot, list(catalog().values())).outcome == "replaced"
    assert view_apply(depot, list(catalog().values())).outcome == "unchanged"


def test_what_the_command_installs_the_ledger_knows(depot, pg, depot_db):
    scanned()
    call_command("integrity_view", apply=pg.dsn(depot_db, "depot_owner"), rules=",".join(SUBSET))
    assert scanned().compiled
    assert drift() is None


def test_what_the_command_installs_is_not_known_by_another_comment(depot, pg, depot_db):
    call_command("integrity_view", apply=pg.dsn(depot_db, "depot_owner"))
    assert scanned().compiled
    said = json.loads(installed().comment or "")
    rules = [catalog()[code] for code in SUBSET]
    said |= {"rules": {rule.code: rule.version for rule in rules}}
    said |= {"definition_sha256": definition_sha256(rules)}
    comment = sql.SQL("COMMENT ON VIEW v_integrity_checks IS {}").format(
        sql.Literal(json.dumps(said))
    )
    depot.execute(comment)
    assert not scanned().compiled


def test_what_somebody_installs_by_hand_is_ours_when_a_person_lets_it_pass(depot, pg, depot_db):
    scanned()
    admin = make_user("admin", {"depot": Role.ADMIN})
    with psycopg.connect(pg.dsn(depot_db, "depot_owner"), autocommit=True) as hand:
        hand.execute(script_sql([catalog()[code] for code in SUBSET]))
    second = scanned()
    assert (second.compiled, second.closed, drift().status) == (False, 0, "OPEN")
    with acting_as_user(admin.pk):
        services.alert_acknowledge(alert_id=drift().pk, version=drift().version)
    assert scanned().compiled
    assert scanned().compiled
