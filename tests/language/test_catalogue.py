"""Every text that people read exists in every language, says the same values, and is not stale."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Message

from governance.devtools.messages import LANGUAGES, merged, texts, translations

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%\(\w+\)\.\d+f|%[sd]|<[^>]+>")
# French words that no English sentence has; a text may be the same in both languages, but not by mistake.
FRENCH = re.compile(
    r"\b(une?|les?|des|aux?|est|sont|n’a|qu’|d’une?|cette|jamais|votre)\b|[àâçêîôûœ]"
)
SAME = {"Français"}


def forms(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [one for one in value or () if one]  # type: ignore[attr-defined]


@cache  # collecting reads every file of the console
def messages(language: str) -> list[Message]:
    return [message for message in merged(language) if message.id]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated(language):
    left = [one.id for one in messages(language) if not all(forms(one.string) or [""])]
    plural = [
        one.id for one in messages(language) if one.pluralizable and len(forms(one.string)) != 2
    ]
    assert left == []
    assert plural == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_guessed_or_out_of_date(language):
    stored = {str(one.id) for one in translations(language) if one.id}
    assert stored == {str(one.id) for one in texts() if one.id}, "run: make messages"
    assert [one.id for one in translations(language) if one.fuzzy and one.id] == []


def edges(text: str) -> tuple[bool, bool]:
    """Whether a word space begins and ends it; U+00A0 belongs to the French mark that follows it."""
    return text[:1] in (" ", "\n"), text[-1:] in (" ", "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_says_the_same_values(language):
    wrong = []
    for one in messages(language):
        for source, target in zip(forms(one.id), forms(one.string), strict=True):
            if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(target)):
                wrong.append((source, target))
            if edges(source) != edges(target):
                wrong.append((source, target))
    assert wrong == []


def test_english_is_english():
    french = [
        text
        for one in messages("en")
        for text in forms(one.string)
        if text not in SAME and FRENCH.search(PLACEHOLDER.sub("", text))
    ]
    spaced = [
        text
        for one in messages("en")
        for text in forms(one.string)
        if re.search(r"\w [:;?!]", text)
    ]
    assert (french, spaced) == ([], [])


def test_a_new_text_is_found(tmp_path, monkeypatch):
    """The reader of templates and of Python sees what Django would translate."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "x.html").write_text(
        "{% load i18n %}\n    <p>{% translate 'Bonjour' %}\n  {% blocktranslate count n=n %}{{ n }} jour"
        '{% plural %}{{ n }} jours{% endblocktranslate %}{% translate "C’est l\'heure" as t %}'
    )
    (tmp_path / "templates" / "y.py").write_text(
        "a = _('Bonsoir')\nb = ngettext('un', 'deux', 2)\n"
    )
    monkeypatch.setattr("governance.devtools.messages.BASE_DIR", tmp_path)
    assert {one.id for one in texts() if one.id} == {
        "Bonjour",
        "Bonsoir",
        ("%(n)s jour", "%(n)s jours"),
        "C’est l'heure",
        ("un", "deux"),
    }
