"""Filters that people keep: their own, those that others share, and nobody else's."""

import pytest

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from governance.desk.alerts.saved import LIMIT
from governance.desk.models import SavedFilter
from tests.alerts.make import finding, take_in
from tests.conftest import account, make_user
from tests.pages.dom import elements, text_of

pytestmark = pytest.mark.django_db
URL = "/governance/integrity/filters"


def keep(client, name="Les critiques", query="?severity=CRITICAL", **more):
    return client.post(f"{URL}{query}", {"name": name, **more})


def links(page):
    return {
        one.text.strip(): one["href"]
        for one in elements(page, "href")
        if "/integrity" in one["href"]
    }


def test_a_filter_is_kept_and_found_again(as_):
    client = as_("directeur")
    assert keep(client, query="?severity=CRITICAL&q=TANK1&cursor=x&autre=1").status_code == 303
    page = client.get(URL)
    assert links(page)["Les critiques"] == "/governance/integrity?severity=CRITICAL&q=TANK1"
    assert "Filtre enregistré." in text_of(page)


def test_what_the_screen_does_not_know_is_not_kept(as_):
    client = as_("directeur")
    keep(client, query="?severity=ROUGE&source=ailleurs&check_code=inconnu")
    assert links(client.get(URL))["Les critiques"] == "/governance/integrity"


def test_one_s_own_stay_one_s_own_until_they_are_shared(as_, people):
    keep(as_("directeur"), shared="on", name="Pour tous")
    keep(as_("directeur"), name="Le mien")
    near = text_of(as_("pca").get(URL))
    assert "Pour tous" in near
    assert "par directeur" in near
    assert "Le mien" not in near
    assert "Pour tous" not in text_of(as_("ailleurs").get(URL))  # somebody of another place


def test_sharing_can_be_taken_back_and_a_filter_removed(as_):
    client = as_("directeur")
    keep(client)
    one = f"{URL}/{the_one('directeur').pk}"
    assert client.post(one, {"action": "share"}).status_code == 303
    assert "Les critiques" in text_of(as_("pca").get(URL))
    client.post(one, {"action": "unshare"})
    assert "Les critiques" not in text_of(as_("pca").get(URL))
    client.post(one, {"action": "delete"})
    assert "Les critiques" not in links(client.get(URL))


def the_one(name):
    with acting_as_user(account(name).pk):
        return SavedFilter.objects.get()


@pytest.mark.parametrize("action", ["delete", "share", "unshare"])
def test_nobody_touches_somebody_else_s(as_, action):
    keep(as_("directeur"), shared="on")
    one = the_one("directeur")
    for who in ("admin", "pca", "ailleurs"):
        assert as_(who).post(f"{URL}/{one.pk}", {"action": action}).status_code == 404
    assert the_one("directeur").shared


def test_postgresql_says_no_as_well(people):
    with acting_as_user(people["directeur"].pk):
        SavedFilter.objects.create(owner=people["directeur"], name="x", shared=True)
    with acting_as_user(people["pca"].pk):
        assert SavedFilter.objects.count() == 1
        assert SavedFilter.objects.update(name="volé") == 0
    with acting_as_user(people["ailleurs"].pk):
        assert not SavedFilter.objects.exists()
    with acting_as_system("scan"):
        assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_is_none_is_refused_and_what_was_typed_stays(as_, name):
    answer = keep(as_("directeur"), name=name, shared="on")
    assert answer.status_code == 422
    (box,) = [one for one in elements(answer, "name") if one["name"] == "shared"]
    assert "checked" in box


def test_a_name_is_used_once_and_the_shelf_has_an_end(as_):
    client = as_("directeur")
    keep(client)
    assert keep(client).status_code == 422
    for n in range(LIMIT - 1):
        assert keep(client, name=f"n° {n}").status_code == 303
    answer = keep(client, name="un de trop")
    assert answer.status_code == 422
    assert "supprimez-en un d’abord" in text_of(answer)


def test_the_screen_leads_to_the_shelf_with_its_filter(as_):
    take_in([finding()])
    page = as_("pca").get("/governance/integrity?severity=CRITICAL")
    assert f"{URL}?severity=CRITICAL" in [one["href"] for one in elements(page, "href")]


def test_an_account_that_goes_takes_its_filters_along(people):
    gone = make_user("parti", {"depot": Role.PCA})
    with acting_as_user(gone.pk):
        SavedFilter.objects.create(owner=gone, name="x", shared=True)
    with acting_as_system("install"):
        gone.delete()
    with acting_as_user(people["directeur"].pk):
        assert not SavedFilter.objects.exists()
