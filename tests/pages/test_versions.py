"""What pages say of versions: which rule opened and closed an alert, and what changed in a drifted view."""

import psycopg
import pytest
from django.test import Client

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from integrity.rules.catalog import catalog
from integrity.scans.models import ViewDefinition
from integrity.scans.scan import scan_run
from tests.alerts.make import NOW, alert, finding
from tests.alerts.make import take_in as take_in_unversioned
from tests.conftest import make_user, signed_in
from tests.pages.dom import elements, text_of
from tests.schedule.make import ours_scanned

pytestmark = pytest.mark.django_db

VIEW = """
CREATE OR REPLACE VIEW v_integrity_checks AS
SELECT 'RETARD'::text AS check_code, 'WARN'::text AS severity, 'PRET'::text AS entity_type,
       n::text AS entity_id, 'Prêt'::text AS message, '{}'::jsonb AS payload,
       timestamptz '2026-01-01' AS detected_at
FROM generate_series(1, 5) n WHERE n > %s
"""


@pytest.fixture
def drifted(fresh_source, pg, settings):
    """The alert about a foreign view that was tightened behind our back."""
    name = fresh_source(VIEW % 1)
    settings.SOURCES = {"biblio": pg.dsn(name, "depot_reader")}
    scan_run(source="biblio")
    with psycopg.connect(pg.dsn(name, "depot_owner")) as owner:
        owner.execute(VIEW % "4 AND '<script>' <> ''")
    scan_run(source="biblio")
    return alert(check_code="VIEW_DRIFT")


def as_(name, roles):
    return signed_in(make_user(name, roles))


def diff(page):
    return {
        kind: "\n".join(one.text for one in elements(page, "data-line") if one["data-line"] == kind)
        for kind in ("added", "removed")
    }


@pytest.mark.parametrize("role", [Role.ADMIN, Role.GERANT])
def test_the_page_of_a_drift_shows_both_texts(drifted, role):
    page = as_("x", {"biblio": role}).get(f"/governance/alerts/{drifted.pk}")
    lines = diff(page)
    assert "n > 1" in lines["removed"]
    assert "n > 4" in lines["added"]
    assert "&lt;script&gt;" in page.content.decode()
    for key in ("expected_sha256", "view_sha256"):
        assert drifted.payload[key] in page.content.decode()
    words = page.content.decode()
    assert "Empreinte attendue de la vue" in words
    assert "expected sha256" not in words
    assert "Vérifier maintenant" not in page.content.decode()  # no view shows this one


def test_an_expected_text_that_was_never_read_is_said_to_be_unknown(drifted):
    payload = drifted.payload | {"expected_sha256": "0" * 64}
    with acting_as_system("scan"):
        type(drifted).objects.filter(pk=drifted.pk).update(payload=payload)
    page = as_("x", {"biblio": Role.ADMIN}).get(f"/governance/alerts/{drifted.pk}")
    assert diff(page) == {"added": "", "removed": ""}
    text = page.content.decode()
    assert "n’a jamais lu la définition attendue" in text
    assert "generate_series" in text


def test_a_long_difference_is_cut_and_says_so(drifted, monkeypatch):
    monkeypatch.setattr("integrity.scans.eyes.view_change.LINES_SHOWN", 2)
    page = as_("x", {"biblio": Role.ADMIN}).get(f"/governance/alerts/{drifted.pk}")
    assert len(elements(page, "data-line")) == 2
    assert "2 lignes sur" in page.content.decode()


def test_nobody_else_reads_the_text_of_a_view(drifted):
    stranger = as_("ailleurs", {"autre": Role.ADMIN})
    assert stranger.get(f"/governance/alerts/{drifted.pk}").status_code == 404
    with acting_as_system("test"):
        assert ViewDefinition.objects.count() == 3


def take_in(found, versions):
    from alerts.intake import Snapshot

    with acting_as_system("scan"):
        snapshot = Snapshot(source="depot", taken_at=NOW)
        snapshot.add(found)
        snapshot.compare(versions=versions)
        snapshot.apply(closes=True)


def test_the_page_names_the_versions_that_opened_and_closed_and_does_not_claim_a_repair(db):
    take_in([finding()], {"STOCK_NEGATIF": "1.0.0"})
    client = as_("d", {"depot": Role.DIRECTEUR})
    address = f"/governance/alerts/{alert().pk}"
    assert "règle 1.0.0" in client.get(address).content.decode()
    take_in([], {"STOCK_NEGATIF": "1.1.0"})
    text = client.get(address).content.decode()
    for words in ("règle 1.0.0", "règle 1.1.0", "La règle a changé", "1.0.0 → 1.1.0"):
        assert words in text
    assert "rien ne dit que les données sont corrigées" in text
    assert "un contrôle complet ne l’a plus trouvée" not in text


def test_a_repair_is_called_one(db):
    take_in([finding()], {"STOCK_NEGATIF": "1.0.0"})
    take_in([], {"STOCK_NEGATIF": "1.0.0"})
    text = as_("d", {"depot": Role.DIRECTEUR}).get(f"/governance/alerts/{alert().pk}")
    assert "un contrôle complet ne l’a plus trouvée" in text.content.decode()


def test_where_no_version_is_known_none_is_shown(db):
    take_in_unversioned([finding()])
    text = as_("d", {"depot": Role.DIRECTEUR}).get(f"/governance/alerts/{alert().pk}")
    assert "Version de la règle" not in text.content.decode()


def test_words_of_another_version_than_the_one_that_found_it_say_so(people):
    """Deadlines and runbook are the catalogue's: of the version that it holds now."""
    version = catalog()["STOCK_NEGATIF"].version
    ours_scanned()
    take_in([finding()], {"STOCK_NEGATIF": "0.9.0"})
    client = Client()
    client.force_login(people["directeur"])
    said = text_of(client.get(f"/governance/alerts/{alert().pk}"))
    assert "La version 0.9.0 de la règle a trouvé cette alerte" in said
    assert f"ceux de la version {version}." in said
    take_in([finding()], {"STOCK_NEGATIF": version})
    said = text_of(client.get(f"/governance/alerts/{alert().pk}"))
    assert "Conduite à tenir" in said
    assert "a trouvé cette alerte" not in said
