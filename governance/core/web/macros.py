"""Macros of `templates/jinja/` for Python and for Django's own templates: rows, entries, marks."""

from collections.abc import Iterable
from typing import Any, cast

from django.template import engines
from django.utils.safestring import SafeString


def macros(name: str) -> Any:
    """The macros of a template, each a function that gives HTML."""
    return cast(Any, engines["jinja2"].get_template(name)).template.module


def joined(parts: Iterable[str]) -> SafeString:
    """What macros gave, one after another."""
    return SafeString("".join(parts))
