"""No answer may be taken for today's when it is another's or an older one: decision 0046."""

import pytest

from tests.alerts.make import alert, finding, take_in

pytestmark = pytest.mark.django_db
URL = "/governance/integrity"


@pytest.mark.parametrize(
    "url", [URL, "/governance", "/governance/alerts/{id}", "/governance/history"]
)
def test_a_page_stays_nowhere_and_names_no_tag(as_, url):
    take_in([finding()])
    answer = as_("directeur").get(url.format(id=alert().pk))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer["Vary"]
    assert "ETag" not in answer


def test_signing_out_makes_the_browser_forget_its_pages(as_):
    director = as_("directeur")
    assert "Clear-Site-Data" not in director.get("/accounts/logout/")
    assert director.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'
    assert director.get(URL).status_code == 302
