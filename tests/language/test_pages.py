"""No page of the console says anything that cannot be translated, and in English none says it in French."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils import timezone

from governance.devtools.messages import merged
from tests.alerts.make import finding, take_in
from tests.pages.test_permissions import GUARDED, SIGNED_IN, filled

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
READ_ALOUD = ("aria-label", "title", "placeholder", "alt")
# Not words of a language: names, units, formats, what a machine reads.
WORDLESS = re.compile(
    r"SHA-256|HEAD|GET|POST|CSV|JSON|PDF|cron|manage\.py.*|docs/\S+|templates/\S+|data-[a-z-]+|has-acts|\bpx\b|°C|&[a-z]+;"
)


class _Words(HTMLParser):
    """What a reader sees or hears of a piece of markup."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._mute = 0

    def handle_starttag(self, tag, attrs):
        self.words += [value for name, value in attrs if name in READ_ALOUD and value]
        self._mute += tag in ("code", "pre", "style", "script")

    def handle_endtag(self, tag):
        self._mute -= tag in ("code", "pre", "style", "script")

    def handle_data(self, data):
        if not self._mute:
            self.words.append(data)


def words_of(markup: str) -> list[str]:
    reader = _Words()
    reader.feed(markup)
    return [" ".join(one.split()) for one in reader.words if one.strip()]


JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def untranslatable(text: str) -> list[str]:
    """Letters of a template that stand outside of every translate tag."""
    kept, inside, muted, is_class = "", False, False, False
    for token in Lexer(JINJA_COMMENT.sub("", text)).tokenize():
        if token.token_type == TokenType.BLOCK:
            name, *rest = token.contents.split()
            inside = name == "blocktranslate" or (inside and name != "endblocktranslate")
            muted = name == "comment" or (muted and name != "endcomment")
            is_class = name == "block" and rest == ["main_class"]
        if token.token_type == TokenType.TEXT and not (inside or muted or is_class):
            in_a_tag = kept.rfind("<") > kept.rfind(">")
            kept += ("" if in_a_tag else "\0") + token.contents
    found = [part.strip() for one in words_of(kept) for part in one.split("\0")]
    return [one for one in found if re.search(r"[^\W\d_]{2,}", WORDLESS.sub("", one))]


@pytest.mark.parametrize(
    "file", TEMPLATES, ids=lambda file: str(file.relative_to(settings.BASE_DIR))
)
def test_a_template_has_no_words_of_its_own(file):
    assert untranslatable(file.read_text(encoding="utf-8")) == []


def test_the_lint_sees_a_forgotten_text():
    assert untranslatable('<p>{% translate "Oui" %} Bonjour</p>') == ["Bonjour"]
    assert untranslatable('<a title="Fermer">{{ x }}</a>') == ["Fermer"]
    assert (
        untranslatable(
            "{% blocktranslate %}Oui{% endblocktranslate %}{% comment %}a b{% endcomment %}"
        )
        == []
    )


@pytest.fixture(scope="module")
def french() -> set[str]:
    """Texts that read otherwise in English."""
    return {
        " ".join(one.id.split())
        for one in merged("en")
        # three letters may be a word of the source's, or of a runbook's
        if isinstance(one.id, str)
        and len(one.id.strip()) > 3
        and "%(" not in one.id
        and one.string != one.id
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "route",
    sorted(route for route, (_, ways, _b) in GUARDED.items() if "GET" in ways)
    + sorted(
        route
        for route, (ways, _b) in SIGNED_IN.items()
        if "GET" in ways and route != "governance/ui"
    ),
)
def test_an_english_page_says_nothing_in_french(as_, french, route):
    take_in([finding()], taken_at=timezone.now())
    client = as_("admin")
    client.post("/governance/language", {"language": "en"})
    page = client.get("/" + filled(route))
    assert page.status_code == 200
    if page.headers["Content-Type"].startswith("text/html"):
        assert [one for one in words_of(page.content.decode()) if one in french] == []
