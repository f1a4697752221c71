"""The bar of every page: its reader's own, with the page's own token, address and entry."""

from types import SimpleNamespace

import pytest
from django.test import Client

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from tests.conftest import make_user
from tests.pages.dom import elements, text_of

pytestmark = pytest.mark.django_db
URL = "/governance/integrity"


def test_each_page_carries_its_own_token_and_its_own_address(as_):
    first, second = as_("directeur"), as_("directeur")
    pages = [first.get(URL), second.get(URL), first.get("/governance/scans?x=1")]
    tokens = [
        {
            one["value"]
            for one in elements(page, "value")
            if one.get("name") == "csrfmiddlewaretoken"
        }
        for page in pages
    ]
    assert all(len(found) == 1 for found in tokens)  # one secret, masked once for each page
    assert tokens[0] != tokens[1]
    back = [
        next(one["value"] for one in elements(page, "value") if one.get("name") == "next")
        for page in pages
    ]
    assert back == [URL, URL, "/governance/scans?x=1"]


def test_the_token_of_the_bar_is_accepted(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["directeur"])
    page = client.get(URL)
    (token, *_rest) = [
        one["value"] for one in elements(page, "value") if one.get("name") == "csrfmiddlewaretoken"
    ]
    form = {"language": "en", "next": URL, "csrfmiddlewaretoken": token}
    assert client.post("/governance/language", form).status_code == 303
    assert "Integrity" in text_of(client.get(URL))


def test_the_bar_follows_its_reader(as_, people):
    assert "Historique" in text_of(as_("auditeur").get(URL))
    assert "Historique" not in text_of(as_("gerant").get(URL))
    assert "Gérant · depot" in text_of(as_("gerant").get(URL))
    client = Client()
    user = make_user("nouvelle", {"depot": Role.GERANT})
    client.force_login(user)
    assert "nouvelle" in text_of(client.get(URL))
    user.first_name = "Nom changé"
    with acting_as_system("test"):
        user.save()
    assert "Nom changé" in text_of(client.get(URL))


def test_the_entry_of_this_page_is_marked_on_every_page(as_):
    client = as_("directeur")
    for address in (URL, "/governance/scans", URL):
        current = [one["href"] for one in elements(client.get(address), "aria-current")]
        assert address in current


def links(page, nav):
    """Addresses of the links of the `nav` of this class, each with whether it is the current one."""
    (_before, *found) = page.content.decode().split(f'<nav class="{nav}"')
    inside = found[0].split("</nav>")[0] if found else ""
    return {
        one["href"]: "aria-current" in one
        for one in elements(SimpleNamespace(content=inside.encode()), "href")
    }


def test_the_pages_of_a_group_are_one_entry_and_its_tabs(as_):
    client = as_("admin")
    tabs = list(links(client.get("/governance/people"), "tabs"))
    assert len(tabs) > 5
    for url in tabs:
        page = client.get(url)
        assert links(page, "tabs") == {tab: tab == url for tab in tabs}
        assert {entry for entry in links(page, "nav") if entry in tabs} == {tabs[0]}
        assert [entry for entry, current in links(page, "nav").items() if current] == [tabs[0]]
    assert links(client.get(URL), "tabs") == {}


def test_who_may_open_one_page_of_a_group_reads_its_name(as_):
    page = as_("directeur").get("/governance/delegations")
    assert links(page, "tabs") == {}
    assert links(page, "nav")["/governance/delegations"]
    assert "Délégations" in text_of(page)
