"""Owns the help pages: `docs/guide/<language>/<role>.md` as HTML; knows no reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from governance.core.web.markdown import prose_html
from governance.env import BASE_DIR

FOLDER = BASE_DIR / "docs" / "guide"
SOURCE_LANGUAGE = "fr"
INDEX = "index"
VISIT = "visite"


@dataclass(frozen=True)
class HelpPage:
    """`title` is the file's first heading; `language` the one it is written in."""

    title: str
    html: SafeString
    language: str


def help_page(name: str) -> HelpPage:
    """The page of a role (or INDEX) in the reader's language, in French where that has none."""
    path = _path(name, (get_language() or SOURCE_LANGUAGE)[:2])
    title, _, text = path.read_text(encoding="utf-8").partition("\n")
    return HelpPage(title.removeprefix("# "), prose_html(text), path.parent.name)


def _path(name: str, language: str) -> Path:
    wanted = FOLDER / language / f"{name}.md"
    return wanted if wanted.is_file() else FOLDER / SOURCE_LANGUAGE / f"{name}.md"
