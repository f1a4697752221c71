"""The texts that people read and their translations: collects them, merges them, compiles them.

French is the language of the source; `locale/<language>/LC_MESSAGES/django.po` holds the others.

    python -m governance.devtools.messages           collect the texts anew and rewrite every django.po
    python -m governance.devtools.messages compile   write django.mo, which Django reads, beside each
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize
from jinja2.ext import babel_extract

from governance.env import BASE_DIR

LOCALE = BASE_DIR / "locale"
LANGUAGES = ("en",)
FOLDERS = ("governance", "alerts", "integrity", "templates")
JINJA = BASE_DIR / "templates" / "jinja"
# As governance/core/web/jinja.py makes the environment; a template that it cannot read is an error.
JINJA_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}
# No date and no name: the file changes when a text does.
HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {language}\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def texts() -> Catalog:
    """Every text of the program, untranslated."""
    found = Catalog()
    for folder in FOLDERS:
        for file in sorted((BASE_DIR / folder).rglob("*")):
            readers = {".py": extract_python, ".html": _extract_template, ".txt": _extract_template}
            reader: Any = readers.get(file.suffix)
            if reader and JINJA in file.parents:
                reader = babel_extract
            if reader is None:
                continue
            with file.open("rb") as source:
                found_here = extract(reader, source, KEYWORDS, options=JINJA_OPTIONS)
                for _line, text, _comments, context in found_here:
                    found.add(text, context=context)
    return found


def _extract_template(
    source: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Any]:
    """Texts of `translate` and `blocktranslate` tags, as Babel's extractors yield them.

    Django turns a template into calls of gettext among letters that mean nothing; Python's tokenizer reads
    that once the lines are not indented.
    """
    if not settings.configured:
        settings.configure(USE_I18N=True)  # templatize needs no more
    code = templatize(source.read().decode(), origin=getattr(source, "name", ""))
    flat = "\n".join(line.strip() for line in code.split("\n"))
    yield from extract_python(io.BytesIO(flat.encode()), keywords, comment_tags, options)


def translations(language: str) -> Catalog:
    """The stored translations of a language; none for a language without a file."""
    file = _file(language)
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as stored:
        return read_po(stored, locale=language)


def merged(language: str) -> Catalog:
    """Today's texts with what is translated of them; what nobody says any more is gone."""
    catalog = translations(language)
    catalog.update(texts(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def write(language: str) -> None:
    body = io.BytesIO()
    write_po(body, merged(language), omit_header=True, sort_output=True, width=100)
    file = _file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(HEADER.format(language=language).encode() + body.getvalue())


def compile_one(language: str) -> None:
    with _file(language).with_suffix(".mo").open("wb") as target:
        write_mo(target, translations(language))


def _file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


if __name__ == "__main__":
    for one in LANGUAGES:
        if sys.argv[1:] != ["compile"]:
            write(one)
        compile_one(one)
