"""Parts of pages that are kept: nobody gets what was made for somebody else, or for another page."""

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from tests.conftest import make_user
from tests.pages.dom import elements, text_of

pytestmark = pytest.mark.django_db
URL = "/governance/integrity"


def rendered(source, **context):
    return Template("{% load kept %}" + source).render(Context(context))


def test_a_part_is_made_once_for_its_keys_and_again_for_others():
    made = []

    def count():
        made.append(1)
        return len(made)

    source = '{% kept "test-once" who %}{{ who }} {{ count }}{% endkept %}'
    assert rendered(source, who="a", count=count) == "a 1"
    assert rendered(source, who="a", count=count) == "a 1"
    assert rendered(source, who="b", count=count) == "b 2"
    with translation.override("en"):
        assert rendered(source, who="a", count=count) == "a 3"


def test_what_is_open_is_filled_in_for_each_page_and_escaped():
    source = '{% kept "test-open" open token %}<i title="{{ token }}">{{ token }}</i>{% endkept %}'
    assert rendered(source, token="1") == '<i title="1">1</i>'
    assert rendered(source, token='"><script>') == (
        '<i title="&quot;&gt;&lt;script&gt;">&quot;&gt;&lt;script&gt;</i>'
    )
    assert rendered(source) == '<i title=""></i>'


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


def test_the_token_of_a_kept_bar_is_accepted(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["directeur"])
    for _ in range(2):  # the second page's bar is a kept one
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
