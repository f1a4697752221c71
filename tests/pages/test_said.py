"""Small sentences of pages that were once false: who acts, of how many, until when, and what is unknown."""

import re
from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone

from alerts import services
from alerts.intake import Finding, Scope, own_findings_apply
from alerts.models import Cause, Decision
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Delegation, User
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.reports.trends import delays_lately, delays_of, window_ending_today
from integrity.rules.catalog import catalog
from tests.alerts.make import alert, assert_flow, finding, take_in
from tests.pages.dom import text_of
from tests.schedule.make import job_ran, ours_scanned, proved, scanned

pytestmark = pytest.mark.django_db

FIXED = services.Resolution("réparé", Cause.AUTRE, Decision.CORRIGE)


def page_of(client, url):
    return text_of(client.get(url)).replace("\u00a0", " ")


def address(**where):
    return f"/governance/alerts/{alert(**where).pk}"


def own(found):
    with acting_as_system("schedule"):
        own_findings_apply(
            scope=Scope(codes=["LEDGER_BROKEN"], entities=["depot"]),
            findings=[
                Finding("LEDGER_BROKEN", "WARN", "SOURCE", "depot", "Rompu.", {}, timezone.now())
            ][:found],
            taken_at=timezone.now(),
        )


def test_what_the_console_finds_is_the_administrators(as_, ours):
    own(1)
    page = page_of(as_("directeur"), address(check_code="LEDGER_BROKEN"))
    assert "reviennent à ces rôles : Administrateur." in page


def test_no_complete_scan_closed_what_the_console_found_itself(as_, ours):
    own(1)
    own(0)
    page = page_of(as_("admin"), address(check_code="LEDGER_BROKEN"))
    assert "la console ne le constate plus" in page
    assert "un contrôle complet ne l’a plus trouvée" not in page


def test_rows_set_aside_are_not_none(as_, pg, fresh_source, settings):
    name = fresh_source(
        "CREATE TABLE t (id text); CREATE VIEW v_integrity_checks AS SELECT 'X'::text AS check_code,"
        " 'GRAVE'::text AS severity, 'T'::text AS entity_type, id AS entity_id, id AS message,"
        " '{}'::jsonb AS payload, timestamptz '2026-01-01' AS detected_at FROM t"
    )
    settings.SOURCES = {"depot": pg.dsn(name, "depot_reader")}
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as connection:
        connection.execute("INSERT INTO t VALUES ('1')")
    page = text_of(as_("directeur").post("/governance/live", {"source": "depot"}, follow=True))
    assert "La vue ne montre aucune anomalie" not in page
    assert "sont à l’écart" in page


def test_a_loan_is_told_as_it_was_when_it_was_used(as_, people, ours):
    take_in([finding(severity="WARN")], taken_at=timezone.now())
    until = timezone.now() + timedelta(days=60)
    with acting_as_user(people["directeur"].pk):
        loan = Delegation.objects.create(
            reason="congé", holder=people["gerant"], source="depot", ends_at=until
        )
    with acting_as_user(people["gerant"].pk):
        services.alert_resolve(alert_id=alert().pk, version=1, resolution=FIXED)
    before = page_of(as_("auditeur"), address())
    said = re.search(r"Par délégation de directeur jusqu’au [^.]*", before)
    assert said
    with acting_as_user(people["directeur"].pk):
        Delegation.objects.filter(pk=loan.pk).update(ends_at=timezone.now())
    assert said[0] in page_of(as_("auditeur"), address())
    assert "Par délégation de directeur." in page_of(as_("gerant"), address())


def test_resolved_ones_are_counted_among_resolved_ones(as_, people, ours):
    take_in([finding(f"e{n}") for n in range(3)])
    for n in range(2):
        with acting_as_user(people["directeur"].pk):
            services.alert_resolve(
                alert_id=alert(entity_id=f"e{n}").pk, version=1, resolution=FIXED
            )
    page = page_of(as_("pca"), "/governance/integrity?status=RESOLVED")
    assert "2 sur 1" not in page
    narrowed = page_of(as_("pca"), "/governance/integrity?status=RESOLVED&severity=WARN")
    assert "0 sur 2 critiques" in narrowed


def test_information_is_not_to_be_acknowledged(as_, ours):
    take_in([finding("a", severity="INFO"), finding("b", severity="WARN")])
    page = page_of(as_("pca"), "/governance/integrity?group=rule")
    assert "1 à acquitter" in page
    assert "2 à acquitter" not in page


def test_after_a_failed_scan_no_rule_found_nothing(as_, settings):
    settings.SOURCES = {"depot": "postgresql:///a"}
    ours_scanned(ago=timedelta(seconds=50))
    for code in catalog():
        proved(code)
    client = as_("pca")
    assert "Constats 0" not in page_of(client, "/governance")
    rules = page_of(client, "/governance").partition("Règle par règle")[2]
    assert "INCONNU" not in rules
    scanned(ago=timedelta(seconds=3), outcome="FAILED", error="hors d’atteinte")
    rules = page_of(client, "/governance").partition("Règle par règle")[2]
    assert rules.count("INCONNU") >= len(catalog())


def test_whose_turn_it_is_is_unknown_where_nothing_was_looked_at(as_):
    page = page_of(as_("pca"), "/governance")
    assert "À qui le tour ? INCONNU." in page
    assert "Personne n’est attendu" not in page


def test_a_scan_of_the_future_is_not_no_scan(as_, settings):
    settings.SOURCES = {"depot": "postgresql:///a"}
    scanned(ago=timedelta(days=-1))
    # Known for longer than three intervals, as this process is late in a long run: every page then warns.
    job_ran("scan", "depot", known_since=timezone.now() - timedelta(hours=1))
    page = page_of(as_("pca"), "/governance")
    assert "La date du dernier contrôle complet est INCONNUE" in page
    assert "Aucun contrôle complet" not in page
    assert "Date du dernier contrôle INCONNUE" in page


def test_one_other_is_one(as_, people, ours):
    take_in([finding(f"a{n}") for n in range(3)])
    for n, who in enumerate(("directeur", "gerant", "admin")):
        with acting_as_user(people["directeur"].pk):
            services.alert_assign(
                alert_id=alert(entity_id=f"a{n}").pk, version=1, assignee=people[who].pk
            )
    page = page_of(as_("pca"), "/governance")
    assert re.search(r"et 1 autre\b(?!s)", page)
    assert "1 autres" not in page


def test_litres_keep_their_capital(as_, ours):
    payload = {"citerne": "T", "stock_total": 330, "capacite_totale": 400, "capacite_securite": 300}
    take_in([finding(payload=payload)])
    page = as_("pca").get(address()).content.decode()
    assert re.search(r"230\s*L de trop", page)
    assert not re.search(r"\d\s*l de trop", page)


def test_a_closed_account_in_charge_is_said(as_, people, ours):
    take_in([finding()])
    person = people["directeur"].pk
    with acting_as_user(person):
        services.alert_assign(alert_id=alert().pk, version=1, assignee=person)
    with acting_as_system("install"):
        User.objects.filter(pk=person).update(is_active=False)
    assert "à la charge de directeur (compte désactivé)" in page_of(as_("pca"), "/governance")


def test_a_withdrawn_acknowledgement_was_no_answer(as_, people, ours):
    take_in([finding(severity="WARN")], taken_at=timezone.now())
    with acting_as_user(people["directeur"].pk):
        services.alert_acknowledge(alert_id=alert().pk, version=1)
    sources = [CONSOLE_SOURCE, "depot"]
    for withdrawn in (False, True):
        if withdrawn:
            with acting_as_user(people["directeur"].pk):
                services.alert_reopen(alert_id=alert().pk, version=alert().version, note="erreur")
        with acting_as_user(people["auditeur"].pk):
            window = window_ending_today(sources)
            counted = {one.kind: one.count for one in delays_lately(window) if one.week is None}
            told = {one.kind: one.count for one in delays_of(window) if one.week is None}
        assert counted == told == ({} if withdrawn else {"acknowledge": 1})
    assert_flow()
    assert "une décision a été reprise" in page_of(as_("pca"), address())
