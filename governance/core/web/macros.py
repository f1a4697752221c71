"""Macros of `templates/jinja/` for Python and for Django's own templates: rows, entries, marks."""

from collections.abc import Iterable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

_ROWS = SafeString("<!--rows-->")  # no text of anybody can say this: "<" is escaped


def macros(name: str) -> Any:
    """The macros of a template, each a function that gives HTML."""
    return cast(Any, engines["jinja2"].get_template(name)).template.module


def page_with_rows(
    request: HttpRequest, template: str, context: dict[str, Any], rows: str, *, status: int = 200
) -> HttpResponse:
    """A page whose `{{ rows }}` are put in last.

    Django copies what a template holds once for each block, condition and include around it; of a list with
    200 rows that is 1 MB a time, a fifth of what the page takes (decision 0060).
    """
    context["rows"] = _ROWS if rows else ""
    before, _, after = render_to_string(template, context, request).partition(_ROWS)
    return HttpResponse((before, rows, after), status=status)


def joined(parts: Iterable[str]) -> SafeString:
    """What macros gave, one after another."""
    return SafeString("".join(parts))
