"""A rule that fails as it is read has its own fate: others are read, its alerts stay, one alert names it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from integrity.scans.reading import apart
from integrity.scans.scan import scan_run
from tests.alerts.make import alert_rows
from tests.conftest import make_user
from tests.packs.conftest import folder, library, use

pytestmark = pytest.mark.django_db
__all__ = ["folder", "library", "use"]

TWICE, LATE, THEIRS = "EXEMPLAIRE_PRETE_DEUX_FOIS", "PRET_EN_RETARD", "AMENDE_IMPAYEE"
# A title of this kind makes the rule raise, or never end.
FRAGILE = """
SELECT
    e.cote AS entity_id,
    e.titre,
    count(*) AS prets,
    min(p.prete_le) AS detected_at
FROM exemplaires AS e
JOIN prets AS p ON p.cote = e.cote
WHERE p.rendu_le IS NULL
  AND 1 / (e.titre <> 'Zero')::int = 1
  AND (e.titre <> 'Lent' OR pg_sleep(9)::text = '')
GROUP BY e.cote, e.titre
HAVING count(*) > 1
"""

# What the house had before us, also fragile: whatever of it is read, it raises where somebody has this name.
HOUSE_VIEW = """
ALTER VIEW v_controles RENAME TO v_maison;
CREATE VIEW v_controles AS
SELECT * FROM v_maison WHERE 1 / (SELECT (count(*) FILTER (WHERE nom = 'Zero') = 0)::int FROM lecteurs) = 1;
"""


@pytest.fixture
def books(
    library: Any, folder: Path, use: Callable[..., None], settings: Any
) -> psycopg.Connection[Any]:
    """The library, its view installed, one of its two rules fragile, and nothing wrong yet."""
    owner: psycopg.Connection[Any]
    owner, url = library
    owner.execute(HOUSE_VIEW)
    (folder / TWICE.lower() / "query.sql").write_text(FRAGILE, encoding="utf-8")
    use(folder, "biblio")
    settings.SOURCE_STATEMENT_TIMEOUT_MS = 400
    call_command("integrity_view", "--source", "biblio", "--apply", url, verbosity=0)
    scan = scan_run(source="biblio")
    assert (scan.outcome, scan.readings) == ("COMPLETE", {}), scan.error
    assert states() == {(TWICE, "OPEN"), (LATE, "OPEN"), *((code, "OPEN") for code in HOUSE)}
    owner.execute("UPDATE prets SET rendu_le = now() WHERE numero = 'P-1'")  # both rules see less
    return owner


HOUSE = {"AMENDE_IMPAYEE", "LIVRE_PERDU", "RESERVATION_OUBLIEE", "lecteur-sans-adresse"}


def states(source: str = "biblio") -> set[tuple[str, str]]:
    with acting_as_system("test"):
        return set(Alert.objects.filter(source=source).values_list("check_code", "status"))


def own() -> list[tuple[str, str, str]]:
    with acting_as_system("test"):
        rows = Alert.objects.filter(source="console").order_by("check_code", "entity_id")
        return [(one.check_code, one.entity_id, one.status) for one in rows]


@pytest.mark.parametrize(
    ("title", "cause", "said"),
    [("Zero", "refused", "division by zero"), ("Lent", "slow", "pas de réponse en 0.4 s")],
)
def test_a_rule_that_fails_stops_no_other(books: Any, title: str, cause: str, said: str) -> None:
    books.execute("UPDATE exemplaires SET titre = %s WHERE cote = 'E-1'", [title])
    before = [row for row in alert_rows() if row["check_code"] == TWICE]
    scan = scan_run(source="biblio")
    assert (scan.outcome, scan.closed) == ("COMPLETE", 1), scan.error
    assert (TWICE, "OPEN") in states()  # its loan is back, and nobody could see it
    assert (LATE, "RESOLVED") in states()
    assert [row for row in alert_rows() if row["check_code"] == TWICE] == before
    assert own() == [("RULE_UNREAD", f"biblio/{TWICE}", "OPEN")]
    failed, fine = scan.readings[TWICE], scan.readings[LATE]
    assert (failed["cause"], failed["error"], failed["rows"]) == (cause, said, 0)
    assert (fine["error"], fine["rows"], fine["ms"] >= 0) == ("", 0, True)
    assert scan.readings[apart.OTHERS]["rows"] == 4
    books.execute("UPDATE exemplaires SET titre = 'Titre' WHERE cote = 'E-1'")
    if cause == "slow":  # let alone for a while: it would take its time again
        again = scan_run(source="biblio")
        assert again.readings[TWICE] == failed
        assert (TWICE, "OPEN") in states()
        apart.TRIED_AGAIN = timedelta(0)  # as if it were later
    scan = scan_run(source="biblio")
    assert scan.readings[TWICE]["error"] == ""
    assert (TWICE, "RESOLVED") in states()
    assert own() == [("RULE_UNREAD", f"biblio/{TWICE}", "RESOLVED")]
    assert scan_run(source="biblio").readings == {}  # at one go again


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "TRIED_AGAIN", apart.TRIED_AGAIN)


def test_what_stands_beside_our_rules_has_its_own_fate_too(books: Any) -> None:
    books.execute("UPDATE lecteurs SET nom = 'Zero'")
    scan = scan_run(source="biblio")
    assert (scan.outcome, set(scan.unread)) == ("COMPLETE", {apart.OTHERS}), scan.error
    assert {(TWICE, "RESOLVED"), (LATE, "RESOLVED")} <= states()
    assert {(code, "OPEN") for code in HOUSE} <= states()
    assert own()[0][:2] == ("RULE_UNREAD", "biblio/*")


def test_where_no_rule_can_be_read_the_scan_failed(books: Any) -> None:
    books.execute("ALTER TABLE prets ADD spare int; ALTER TABLE amendes ADD spare int")
    books.execute("UPDATE exemplaires SET titre = 'Zero' WHERE cote = 'E-1'")
    books.execute("REVOKE SELECT ON ALL TABLES IN SCHEMA biblio FROM depot_owner")
    before = alert_rows()
    scan = scan_run(source="biblio")
    assert (scan.outcome, "permission denied" in scan.error) == ("FAILED", True), scan.error
    assert [row for row in alert_rows() if row["source"] == "biblio"] == before


def test_a_flood_of_one_rule_is_its_own(books: Any, settings: Any) -> None:
    settings.SCAN_ROWS_LIMIT = 20
    books.execute(
        "INSERT INTO prets SELECT 'n' || n, 'E-2', 'L-1', now() - interval '9 weeks',"
        " now() - interval '8 weeks' FROM generate_series(1, 30) n"
    )
    scan = scan_run(source="biblio")
    assert (scan.outcome, scan.readings[LATE]["cause"]) == ("COMPLETE", "many"), scan.error
    assert scan.readings[TWICE]["rows"] == 1
    assert (LATE, "OPEN") in states()


def test_the_time_of_each_rule_is_taken_once_a_day(books: Any) -> None:
    with acting_as_system("test"):
        assert apart.readings_last(["biblio"]) == {}
    first, second, third = (scan_run(source="biblio") for _ in range(3))
    assert set(first.readings) == {TWICE, LATE, apart.OTHERS}
    assert (second.readings, third.readings) == ({}, {})
    now = timezone.now()
    assert not apart.apart_is_due(third, first, now)
    assert apart.apart_is_due(third, first, now + apart.TIMED_EVERY)


def test_pages_say_what_a_rule_took_and_what_is_wrong_with_it(books: Any, client: Client) -> None:
    books.execute("UPDATE exemplaires SET titre = 'Zero' WHERE cote = 'E-1'")
    scan = scan_run(source="biblio")
    client.force_login(make_user("directeur", {"biblio": Role.DIRECTEUR}))
    for page in (
        client.get(f"/governance/scans/{scan.pk}").content.decode(),
        client.get("/governance/sources/biblio").content.decode(),
        client.get(f"/governance/rules/{TWICE}").content.decode(),
    ):
        assert "division by zero" in page
    assert "1 règle non lue" in client.get("/governance/scans").content.decode()
    home = client.get("/governance").content.decode()
    assert "1 règle, " in home
