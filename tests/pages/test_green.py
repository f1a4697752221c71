"""Green needs a complete scan that saw nothing: decisions of people are words until a scan confirms them."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts import services
from alerts.models import Cause, Decision
from governance.core.identity.acting import acting_as_system, acting_as_user
from integrity.depot import scenario_load
from integrity.proofs.current import source_proofs
from integrity.proofs.runs import proofs_run
from integrity.rules.catalog import catalog
from integrity.scans.scan import scan_run
from tests.alerts.make import alert, finding, take_in
from tests.pages.dom import text_of
from tests.schedule.make import ours_scanned, proved

pytestmark = pytest.mark.django_db
GREEN = ("Aucune anomalie", "Tout a été contrôlé")


def pages(client) -> dict[str, str]:
    now = timezone.now().isoformat()
    asked = {
        "home": ("/governance", {}),
        "list": ("/governance/integrity", {}),
        "past": ("/governance/integrity", {"as_of": now}),
    }
    return {
        name: text_of(client.get(url, query)).replace("\u00a0", " ")
        for name, (url, query) in asked.items()
    }


@pytest.fixture
def found(people) -> None:
    """Every rule proved, and one warning in the last complete scan."""
    for code in catalog():
        proved(code)
    at = timezone.now() - timedelta(seconds=30)
    ours_scanned(ago=timedelta(seconds=30), rows=1, per_code={"STOCK_NEGATIF": 1})
    take_in([finding("a", severity="WARN")], taken_at=at)


def decide(person, decision, until=None) -> None:
    with acting_as_user(person.pk):
        services.alert_resolve(
            alert_id=alert(entity_id="a").pk,
            version=1,
            resolution=services.Resolution("dit", Cause.AUTRE, decision, until),
        )


def test_a_decision_that_no_scan_has_seen_yet_is_not_green(found, people, as_):
    decide(people["directeur"], Decision.CORRIGE)
    for name, said in pages(as_("pca")).items():
        assert not any(word in said for word in GREEN), name
        assert "Rien d’ouvert" in said, name
        assert "1 décision pas encore confirmée par un contrôle" in said, name
    take_in([], taken_at=timezone.now())
    ours_scanned(ago=timedelta(0))
    for name, said in pages(as_("pca")).items():
        assert "Aucune anomalie" in said, name
        assert "Rien d’ouvert" not in said, name


def test_what_is_disputed_and_still_found_is_not_green(found, people, as_):
    decide(people["directeur"], Decision.LITIGE, timezone.localdate() + timedelta(days=30))
    take_in([finding("a", severity="WARN")], taken_at=timezone.now())
    ours_scanned(ago=timedelta(0), rows=1)
    for name, said in pages(as_("pca")).items():
        assert not any(word in said for word in GREEN), name
        assert "1 anomalie acceptée ou en litige" in said, name


def test_what_is_disputed_is_said_beside_what_is_open(found, people, as_):
    """Who reads the sentence aloud tells of both."""
    decide(people["directeur"], Decision.LITIGE, timezone.localdate() + timedelta(days=30))
    take_in([finding("a", severity="WARN"), finding("b")], taken_at=timezone.now())
    ours_scanned(ago=timedelta(0), rows=2)
    home = pages(as_("pca"))["home"]
    assert (
        home.count("En outre : 1 anomalie acceptée ou en litige.") == 2
    )  # of the source, and of all


def test_an_alert_in_dispute_does_not_say_that_no_scan_saw_it_since(found, people, as_):
    """A scan does not note the sight of what is resolved: what the page knows ends with the decision."""
    decide(people["directeur"], Decision.LITIGE, timezone.localdate() + timedelta(days=30))
    take_in([finding("a", severity="WARN"), finding("b")], taken_at=timezone.now())
    said = text_of(as_("pca").get(f"/governance/alerts/{alert(entity_id='a').pk}"))
    assert "Vue pour la dernière fois avant la décision" in said
    assert "Vue pour la dernière fois avant la décision" not in text_of(
        as_("pca").get(f"/governance/alerts/{alert(entity_id='b').pk}")
    )


def test_a_standing_information_is_said(people, as_):
    for code in catalog():
        proved(code)
    ours_scanned()
    take_in([finding("a", severity="INFO")], taken_at=timezone.now())
    home = pages(as_("pca"))["home"]
    assert not any(word in home for word in GREEN)
    assert "1 information en cours" in home


def test_a_proof_is_of_what_the_view_was_read_through(people, as_):
    ours_scanned(ago=timedelta(minutes=3), evidence_hash="a" * 64)
    for code in catalog():
        proved(code, proved_at=timezone.now() - timedelta(minutes=2))
    ours_scanned(ago=timedelta(minutes=1), evidence_hash="a" * 64)
    assert "Aucune anomalie." in pages(as_("pca"))["home"]
    ours_scanned(evidence_hash="b" * 64)  # something below the view is not what it was
    said = pages(as_("pca"))
    assert "aucune règle prouvée sur" in said["home"]
    for name in ("home", "list", "past"):
        assert "prouve que toutes seraient vues" in said[name], said[name][:3000]
    for code in catalog():
        proved(code, proved_at=timezone.now())
    assert "Aucune anomalie." in pages(as_("pca"))["home"]


def test_a_real_change_below_the_view_takes_the_proofs_away(depot_db, pg, settings):
    url = pg.dsn(depot_db, "depot_owner")
    settings.DEPOT_OWNER_URL = ""
    scan_run(source="depot")
    proofs_run(source="depot", url=url)
    with psycopg.connect(url, autocommit=True) as owner:
        (text,) = owner.execute("SELECT pg_get_viewdef('v_stock_actuel'::regclass)").fetchone() or (
            "",
        )
        below = text.rstrip().rstrip(";")
        owner.execute(
            f"CREATE OR REPLACE VIEW v_stock_actuel AS SELECT * FROM ({below}) AS q WHERE false"
        )
    scan_run(source="depot")
    with acting_as_system("test"):
        assert source_proofs(["depot"])["depot"].proofs == {}


def test_a_scan_dated_in_the_future_is_no_ok_to_a_stranger(client, settings, db):
    settings.SOURCES = {"depot": "postgresql:///a", "autre": "postgresql:///b"}
    ours_scanned(ago=timedelta(days=-1))
    ours_scanned("autre")
    assert client.get("/health").json()["sources"] == "clock"


def test_health_asks_for_the_state_once_for_all_parts(as_):
    ours_scanned(evidence_hash="e" * 64)
    for code in catalog():
        proved(code)
    client = as_("directeur")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/health").json()["sources"]["depot"]["proof"]
    states = sum("ledger_state()" in one["sql"] for one in asked)
    assert states == 2  # who asks, and the parts together


def test_a_look_at_hidden_rows_says_unknown(depot_db, pg, people, as_):
    url = pg.dsn(depot_db, "depot_owner")
    with psycopg.connect(url, autocommit=True) as owner:
        scenario_load(owner, "incident", now=timezone.now())
        scan_run(source="depot")
        (text,) = owner.execute(
            "SELECT pg_get_viewdef('v_integrity_checks'::regclass)"
        ).fetchone() or ("",)
        owner.execute(
            "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT * FROM"
            f" ({text.rstrip().rstrip(';')}) AS q WHERE check_code <> 'STOCK_OVER_CAPACITY'"
        )
    hidden, client = alert(check_code="STOCK_OVER_CAPACITY"), as_("directeur")
    for _scanned in range(2):  # before a scan has seen the change, and while VIEW_DRIFT stands
        page = client.post(f"/governance/alerts/{hidden.pk}/verify", follow=True)
        assert 'data-look="unknown"' in page.content.decode()
        assert "la clora" not in text_of(page)
        page = client.post("/governance/live", {"source": "depot"}, follow=True)
        assert "data-other-eyes" in page.content.decode()
        assert "Absentes, sans que l’on sache pourquoi" in text_of(page)
        scan_run(source="depot")


def test_an_alert_of_ours_keeps_its_title_when_the_view_is_edited(people, as_):
    ours_scanned(compiled=False)
    take_in([finding("a")], taken_at=timezone.now())
    said = text_of(as_("pca").get(f"/governance/alerts/{alert(entity_id='a').pk}"))
    assert "Stock négatif" in said
    assert "modifiée à la main depuis son installation" in said
    assert "écrite par les siens" not in said
    home = pages(as_("pca"))["home"]
    assert "INCONNU pour depot, dont la vue a été modifiée à la main" in home
    rules = text_of(as_("pca").get("/governance/rules"))
    for page in (said, home, rules):
        assert "modifiée à la main" in page
        assert "écrite par les siens" not in page
        assert "pas de la console" not in page


def test_a_look_through_a_view_that_was_edited_does_not_say_that_others_wrote_it(depot_db, pg, as_):
    with psycopg.connect(pg.dsn(depot_db, "depot_owner"), autocommit=True) as owner:
        (text,) = owner.execute(
            "SELECT pg_get_viewdef('v_integrity_checks'::regclass)"
        ).fetchone() or ("",)
        owner.execute(
            "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT * FROM"
            f" ({text.rstrip().rstrip(';')}) AS q WHERE check_code <> 'CDR_BLOQUE'"
        )
    said = text_of(as_("pca").post("/governance/live", {"source": "depot"}))
    assert "la vue a été modifiée à la main depuis son installation" in said
    assert "écrite par les siens" not in said
