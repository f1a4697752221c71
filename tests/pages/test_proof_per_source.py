"""A proof, a title, a deadline or a runbook stands only beside rows of a view that the console compiled."""

from datetime import timedelta

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from alerts.kinds import kind_of
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Permission, Role
from governance.core.web.http import Access
from integrity.proofs.current import source_proofs
from integrity.proofs.health import sources as health_sources
from integrity.proofs.models import RuleProof
from integrity.proofs.runs import proofs_run
from integrity.rules.catalog import catalog
from integrity.scans.scan import scan_run
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user
from tests.pages.dom import elements, text_of
from tests.schedule.make import VIEW_HASH, ours_scanned, proved, scanned

pytestmark = pytest.mark.django_db

SAYS_SO = "la vue de cette source a été écrite par les siens"
OLD = timezone.now() - timedelta(days=40)


@pytest.fixture
def two(settings) -> Client:
    """A director of `depot`, whose view is ours, and of `autre`, whose view uses the same code."""
    settings.SOURCES = {"depot": "postgresql:///a", "autre": "postgresql:///b"}
    ours_scanned()
    scanned("autre", ago=timedelta(seconds=1), view_hash="f" * 64, per_code={"STOCK_NEGATIF": 1})
    client = Client()
    client.force_login(make_user("deux", {"depot": Role.DIRECTEUR, "autre": Role.DIRECTEUR}))
    return client


def one_each() -> None:
    for source in ("depot", "autre"):
        told = {
            "message": f"Ligne de {source}.",
            "payload": {"stock_ambiant": -5, "capacite_totale": 9},
        }
        take_in([finding(source, detected_at=OLD, **told)], source=source, taken_at=timezone.now())


def test_the_same_code_on_two_sources_means_what_its_own_view_says(two):
    one_each()
    rows = text_of(two.get("/governance/integrity"))
    assert "Ligne de depot. Stock négatif" in rows
    assert "Ligne de autre. STOCK_NEGATIF" in rows
    assert rows.count("en retard de") == 1
    late = elements(two.get("/governance/integrity?due=overdue"), "data-alert-id")
    assert [one["data-source"] for one in late] == ["depot"]
    groups = text_of(two.get("/governance/integrity?group=rule"))
    assert "STOCK_NEGATIF STOCK_NEGATIF autre" in groups or "STOCK_NEGATIF autre" in groups
    assert "Stock négatif STOCK_NEGATIF depot" in groups


def test_the_page_of_a_foreign_alert_has_its_own_words_alone(two):
    one_each()
    page = two.get(f"/governance/alerts/{alert(source='autre').pk}")
    text = text_of(page)
    assert SAYS_SO in text
    assert "INCONNU : cette vue n’est pas de la console" in text
    for ours in ("Conduite à tenir", "Jauger la citerne", "Stock négatif", "d’agir", "en retard"):
        assert ours not in text
    assert 'class="tank' not in page.content.decode()
    text = text_of(two.get(f"/governance/alerts/{alert(source='depot').pk}"))
    assert "Jauger la citerne" in text
    assert SAYS_SO not in text


def test_home_rules_report_and_health_say_unknown_of_it(two):
    for code in catalog():
        proved(code)
        proved(code, source="autre", through="rule", text_sha256="a" * 64)
        proved(code, source="")  # the reference depot proves nothing of a source
    home = text_of(two.get("/governance"))
    assert "Aucune anomalie trouvée, mais rien ne prouve que toutes seraient vues." in home
    assert (
        f"{len(catalog())} règles prouvées sur {len(catalog())} ; INCONNU pour autre"
        in home.replace("\u00a0", " ")
    )
    assert "Tout a été contrôlé" not in home
    page = two.get("/governance/rules/STOCK_NEGATIF")
    assert [one["data-verdict"] for one in elements(page, "data-verdict")] == ["", "PROUVEE"]
    with acting_as_system("health"):
        said = health_sources(Access({Permission.VIEW: frozenset({"autre", "depot"})}))
    assert isinstance(said, dict)
    assert {name: one["proof"] for name, one in said.items()} == {
        "autre": "INCONNU",
        "depot": "PROUVEE",
    }
    empty = text_of(two.get("/governance/integrity"))
    assert "Mais rien ne prouve que toutes seraient vues." in empty


@pytest.mark.parametrize(
    "other",
    [{"version": "0.0.1"}, {"text_sha256": "e" * 64}, {"text_sha256": ""}, {"through": "rule"}],
)
def test_a_proof_of_another_version_or_text_is_none(as_, ours, other):
    proved(**other)
    page = as_("directeur").get("/governance/rules/STOCK_NEGATIF")
    assert [one["data-verdict"] for one in elements(page, "data-verdict")] == [""]


def test_verdict_and_time_are_of_the_same_proof(as_, ours):
    proved(proved_at=timezone.now() - timedelta(days=9), version="0.0.1", verdict="INERTE")
    proved(proved_at=timezone.now() - timedelta(hours=2))
    proved(source="", proved_at=timezone.now() - timedelta(days=5), version="0.0.1")
    page = text_of(as_("directeur").get("/governance/rules/STOCK_NEGATIF")).replace("\u00a0", " ")
    assert "Prouvée il y a 2 h" in page
    assert "9 j" not in page
    assert "5 j" not in page


def test_an_older_version_that_is_installed_is_not_the_catalogues(as_):
    ours_scanned(rules={"STOCK_NEGATIF": "0.9.0"})
    proved()
    page = as_("directeur").get("/governance/rules/STOCK_NEGATIF")
    assert [one["data-verdict"] for one in elements(page, "data-verdict")] == [""]
    assert "Installée en version 0.9.0" in text_of(page)


def test_a_view_changed_by_hand_loses_its_proofs_and_no_deadline():
    ours_scanned(ago=timedelta(seconds=9))
    with acting_as_system("test"):
        assert kind_of("STOCK_NEGATIF", "depot") is not None
    ours_scanned(compiled=False)
    with acting_as_system("test"):
        assert kind_of("STOCK_NEGATIF", "depot") is not None  # title and deadlines stay
        assert source_proofs(["depot"])["depot"].is_foreign


def test_a_suspect_scan_has_read_the_view_too():
    ours_scanned(ago=timedelta(seconds=9))
    scanned(ago=timedelta(seconds=1), outcome="SUSPECT", view_hash="f" * 64)
    with acting_as_system("test"):
        assert kind_of("STOCK_NEGATIF", "depot") is None


def test_a_real_scan_and_a_real_proof_agree_on_the_text(depot_db, pg, settings):

    settings.DEPOT_OWNER_URL = ""
    scan_run(source="depot")
    proofs_run(source="depot", url=pg.dsn(depot_db, "depot_owner"))
    with acting_as_system("test"):
        assert source_proofs(["depot"])["depot"].is_whole
        assert RuleProof.objects.exclude(text_sha256=VIEW_HASH).exists()

    with psycopg.connect(pg.dsn(depot_db, "depot_owner"), autocommit=True) as owner:
        (text,) = owner.execute(
            "SELECT pg_get_viewdef('v_integrity_checks'::regclass)"
        ).fetchone() or ("",)
        changed = text.rstrip().rstrip(";")
        owner.execute(
            f"CREATE OR REPLACE VIEW v_integrity_checks AS SELECT * FROM ({changed}) AS q WHERE true"
        )
    assert not scan_run(source="depot").compiled
    with acting_as_system("test"):
        assert source_proofs(["depot"])["depot"].is_foreign
