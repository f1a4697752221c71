"""Help pages: one per role and language, for everybody signed in, true to the words on the pages."""

import re

import pytest
from django.urls import resolve
from django.utils import translation

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.core.identity.roles import Permission, Role
from governance.core.web.markdown import prose_html
from governance.env import BASE_DIR
from governance.guide.pages import FOLDER, INDEX, VISIT, help_page
from tests.conftest import account
from tests.pages.dom import elements, text_of

PAGES = [INDEX, VISIT, *Role.values]
LANGUAGES = ["fr", "en"]
OPEN_TO_ALL = {"help", "help_role", "delegations"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_page_for_each_role_and_nothing_else(language):
    assert sorted(path.stem for path in (FOLDER / language).iterdir()) == sorted(PAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_links_lead_where_everybody_with_a_role_may_go(language, name):
    with translation.override(language):
        page = help_page(name)
    assert page.language == language
    for address in re.findall(r'href="([^"]*)"', page.html):
        found = resolve(address)
        permission = getattr(getattr(found.func, "__wrapped__", found.func), "permission", None)
        assert permission == Permission.VIEW or found.url_name in OPEN_TO_ALL, address


def test_a_language_without_a_page_falls_back_to_french():
    with translation.override("de"):
        assert help_page("pca").language == "fr"


def words_of_the_product():
    """Everything that a page can say, with plain spaces."""
    parts = [*BASE_DIR.glob("templates/**/*.html")]
    for app in ("governance", "integrity", "alerts"):
        parts += BASE_DIR.glob(f"{app}/**/*.py")
    text = " ".join(path.read_text(encoding="utf-8") for path in parts)
    return " ".join(text.replace("\u00a0", " ").split())


WORDS = words_of_the_product()


@pytest.mark.parametrize("name", PAGES)
def test_what_the_french_help_quotes_stands_on_a_page(name):
    """Renaming a button without its help would send people looking for what is not there."""
    text = (FOLDER / "fr" / f"{name}.md").read_text(encoding="utf-8").replace("\u00a0", " ")
    quoted = [" ".join(one.split()) for one in re.findall(r"« (.+?) »", text)]
    assert [one for one in quoted if one not in WORDS] == []


@pytest.mark.parametrize("name", PAGES)
def test_what_the_english_help_quotes_is_what_english_pages_say(name):
    said = (BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    said = " ".join(said.replace('"\n"', "").split())
    text = (FOLDER / "en" / f"{name}.md").read_text(encoding="utf-8")
    quoted = [" ".join(one.split()) for one in re.findall(r"“(.+?)”", text)]
    assert [one for one in quoted if one not in said] == []


@pytest.mark.parametrize("name", PAGES)
def test_french_typography(name):
    text = (FOLDER / "fr" / f"{name}.md").read_text(encoding="utf-8")
    assert re.findall(r".{9} [:;?!»](?!\S)|« .{9}|\w'\w.{9}", text) == []


def test_raw_html_is_text_and_headings_are_places():
    html = prose_html("## À qui le tour ?\n\n<b>x</b>\n\n<script>y</script>\n")
    assert '<h2 id="a-qui-le-tour">' in html
    assert "<b>" not in html
    assert "<script" not in html
    assert "&lt;script" in html


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_ones_own_role_comes_first(as_, role):
    response = as_(role.value).get("/governance/aide")
    assert response.status_code == 200
    links = [one["href"] for one in elements(response, "href")]
    others = [one for one in links if one.startswith("/governance/aide/")]
    assert others[0] == f"/governance/aide/{role.value}"
    assert others[len(Role) :] == ["/governance/aide/visite"]


@pytest.mark.django_db
def test_somebody_without_a_role_can_read_it(as_):
    client = as_("sans-role")
    assert client.get("/governance/aide").status_code == 200
    assert client.get("/governance/aide/pca").status_code == 200
    assert client.get("/governance/aide/roi").status_code == 404


@pytest.mark.django_db
def test_the_menu_leads_to_it(as_):
    page = as_("gerant").get("/governance")
    assert "/governance/aide" in [one["href"] for one in elements(page, "href")]


# --- the first visit ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_the_three_sentences_until_they_are_put_away_and_again_on_request(as_, role):
    client, title = as_(role.value), "La console en trois phrases"
    assert title in text_of(client.get("/governance"))
    assert client.get("/governance/aide/presentation").status_code == 405
    assert title in text_of(client.get("/governance"))

    answer = client.post("/governance/aide/presentation")
    assert (answer.status_code, answer["Location"]) == (303, "/governance")
    assert account(role.value).tour_dismissed_at is not None
    assert title not in text_of(client.get("/governance"))

    client.post("/governance/aide/presentation", {"again": "1"})
    assert title in text_of(client.get("/governance"))


@pytest.mark.django_db
def test_putting_it_away_is_ones_own_business(as_, people):
    as_("directeur").post("/governance/aide/presentation")
    with acting_as_system("test"):
        waiting = User.objects.filter(tour_dismissed_at=None).count()
        assert waiting == User.objects.count() - 1 > 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        ("directeur", "attend que vous ou un autre décideur"),
        ("gerant", "demande une délégation"),
        ("pca", "n’y change rien"),
    ],
)
def test_whose_turn_it_is_depends_on_the_role(as_, role, sentence):
    assert sentence in text_of(as_(role).get("/governance"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_promises_nothing_that_pages_deny(language):
    text = " ".join((FOLDER / language / f"{name}.md").read_text("utf-8") for name in PAGES)
    # A decision is taken back; the zone and the pace are settings; an export's header tells who and when.
    for denied in ("ne se retire pas", "cannot be withdrawn", "Lubumbashi", "dans la minute"):
        assert denied not in text
    for denied in ("within a minute", "exports soient identiques", "exports are identical"):
        assert denied not in text
