"""The catalogue: every rule with its threshold and proof; what is not proved never reads "0 anomalies"."""

import pytest

from integrity.rules.catalog import catalog
from tests.alerts.make import finding, take_in
from tests.pages.dom import elements
from tests.schedule.make import proved

pytestmark = pytest.mark.django_db
URL = "/governance/rules"


def test_every_rule_is_there_with_its_threshold_and_its_source(as_):
    page = as_("auditeur").get(URL)
    assert [one["data-rule"] for one in elements(page, "data-rule")] == [
        *catalog(),
        *catalog("console"),
    ]
    text = page.content.decode()
    assert "0,01" in text
    assert "Documents fondateurs, règles V1" in text


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize(
    ("verdict", "values", "shown"),
    [
        ("PROUVEE", {}, "PROUVEE"),
        ("INERTE", {}, "INERTE"),
        ("BAVARDE", {}, "BAVARDE"),
        ("IMPOSSIBLE", {"detail": "la contrainte le défend"}, "IMPOSSIBLE"),
        ("PROUVEE", {"version": "0.0.1"}, ""),  # another version's proof proves nothing
    ],
)
def test_the_last_proof_stands_beside_its_rule(as_, verdict, values, shown):
    proved(verdict=verdict, **values)
    page = as_("directeur").get(f"{URL}/STOCK_NEGATIF")
    assert [one["data-verdict"] for one in elements(page, "data-verdict")] == [shown]
    text = page.content.decode()
    assert ("la règle ne voit rien" in text) is (shown == "INERTE")
    assert values.get("detail", "") in text


def test_without_a_proof_the_state_is_unknown(as_):
    page = as_("directeur").get(URL)
    assert {one["data-verdict"] for one in elements(page, "data-verdict")} == {""}
    assert "INCONNU" in page.content.decode()


@pytest.mark.usefixtures("ours")
def test_findings_now_and_per_week_for_who_may_read_the_history(as_):
    take_in([finding("a"), finding("b")])
    text = as_("directeur").get(f"{URL}/STOCK_NEGATIF").content.decode()
    assert "2 alertes actives" in text
    assert "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2" in text
    text = as_("gerant").get(f"{URL}/STOCK_NEGATIF").content.decode()
    assert "2 alertes actives" in text
    assert '<svg class="spark"' not in text


def test_another_sources_findings_are_not_counted(as_):
    take_in([finding("a")])
    text = as_("ailleurs").get(f"{URL}/STOCK_NEGATIF").content.decode()
    assert "1 alerte active" not in text


@pytest.mark.usefixtures("ours")
def test_the_runbook_is_rendered_there_and_on_the_alerts_page(as_):
    take_in([finding("a")])
    client = as_("directeur")
    assert "Jauger la citerne" in client.get(f"{URL}/STOCK_NEGATIF").content.decode()
    row = elements(client.get("/governance/integrity"), "data-alert-id")[0]
    page = client.get(f"/governance/alerts/{row['data-alert-id']}")
    assert "Jauger la citerne" in page.content.decode()


def test_an_unknown_rule_is_404(as_):
    assert as_("directeur").get(f"{URL}/NO_SUCH").status_code == 404


@pytest.mark.usefixtures("ours")
@pytest.mark.usefixtures("cold")
def test_queries_do_not_grow_with_findings(as_, django_assert_num_queries):
    client = as_("directeur")
    client.get(URL)
    with django_assert_num_queries(23) as first:
        client.get(URL)
    take_in([finding(f"e{n}") for n in range(30)])
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(URL)
