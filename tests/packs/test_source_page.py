"""The page of a source: no secret on it, what its rules are worth there, and an end with a reason."""

from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.models import LedgerEntry
from integrity.proofs.runs import proofs_run
from integrity.scans.scan import scan_run
from tests.conftest import Postgres, make_user
from tests.packs.conftest import LIBRARY
from tests.packs.test_packs import THEIRS, run

pytestmark = pytest.mark.django_db
PAGE = "/governance/sources/biblio"


@pytest.fixture
def as_(client: Any) -> Callable[..., Any]:
    def sign_in(role: str) -> Any:
        client.force_login(make_user(role, {"biblio": role}))
        return client

    return sign_in


@pytest.fixture
def scanned(library: Any, use: Callable[..., None]) -> str:
    _owner, url = library
    use(LIBRARY, "biblio")
    run("integrity_view", "--source", "biblio", "--rules", "PRET_EN_RETARD", "--apply", url)
    assert scan_run(source="biblio").outcome == "COMPLETE"
    proofs_run(source="biblio", url=url)
    return str(url)


def test_it_says_how_the_source_is_read_and_what_its_rules_are_worth(
    scanned: str, as_: Callable[..., Any], settings: Any
) -> None:
    with suppress(SystemExit):
        call_command("source_check", source="biblio", stdout=StringIO())
    secret = settings.SOURCES["biblio"].replace("depot_reader@", "depot_reader:s3cret@")
    assert "s3cret" in secret
    settings.SOURCES = {"biblio": secret}
    page = as_("admin").get(PAGE).content.decode()
    assert "s3cret" not in page
    assert "depot_reader" in page
    assert "Bibliothèque de prêt" in page
    assert 'data-rule="PRET_EN_RETARD" data-rule-state="installed"' in page
    assert 'data-rule="EXEMPLAIRE_PRETE_DEUX_FOIS" data-rule-state="missing"' in page
    assert page.count('data-rule-state="kind"') == len(THEIRS)
    assert 'data-verdict="PROUVEE"' in page
    assert page.count('data-outcome="COMPLETE"') == 1
    assert "la console peut lire cette source" in page
    assert "v_controles" in page


def test_the_address_is_for_administrators_and_the_page_for_who_holds_the_source(
    scanned: str, as_: Callable[..., Any], client: Any
) -> None:
    page = as_("gerant").get(PAGE).content.decode()
    assert "depot_reader" not in page
    assert "Un administrateur de la source la voit." in page
    client.force_login(make_user("ailleurs", {"depot": "directeur"}))
    assert client.get(PAGE).status_code == 404
    assert client.get("/governance/sources/console").status_code == 404


def test_a_source_that_is_no_more_is_retired_with_a_reason_and_closes_as_such(
    scanned: str, as_: Callable[..., Any], settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = as_("admin")
    assert client.post(f"{PAGE}/retire", {"note": "trop tôt"}).status_code == 303
    with acting_as_system("test"):
        assert Alert.objects.filter(
            source="biblio", status="OPEN"
        ).exists()  # it is still configured
    settings.SOURCES = {name: url for name, url in settings.SOURCES.items() if name != "biblio"}
    assert client.post(f"{PAGE}/retire", {"note": " "}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert (
            client.post(f"{PAGE}/retire", {"note": "La bibliothèque a fermé."}).status_code == 303
        )
    with acting_as_system("test"):
        closed = Alert.objects.filter(source="biblio").values_list("status", "resolution_cause")
        assert set(closed) == {("RESOLVED", "SOURCE_RETIRED")}
        entry = LedgerEntry.objects.get(action="source.retire")
        assert entry.after == {"note": "La bibliothèque a fermé."}
    page = client.get(PAGE).content.decode()
    assert "La bibliothèque a fermé." in page
    assert "Retirée par admin" in page


def test_nobody_else_retires_a_source(scanned: str, as_: Callable[..., Any], settings: Any) -> None:
    settings.SOURCES = {}
    assert as_("directeur").post(f"{PAGE}/retire", {"note": "non"}).status_code == 403


def test_a_report_is_replaced_by_the_next(
    library: Any, pg: Postgres, as_: Callable[..., Any]
) -> None:
    for _time in range(2):
        with pytest.raises(SystemExit):
            call_command("source_check", source="biblio", stdout=StringIO())
    assert "Inutilisable en l’état" in as_("admin").get(PAGE).content.decode()
