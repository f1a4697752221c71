"""`{% kept %}`: a part of a page that many pages share, rendered once per process for each of its keys.

    {% kept "bar" user.pk role_label open csrf_token here %}…{% endkept %}

Whatever the part reads must be named: before `open` the values under which it is kept (the language is one
without being named), after it the variables that each page fills in itself, such as its CSRF token. A key
is hashable and holds nothing of a request.
"""

from collections.abc import Hashable
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from governance.core.web.cache import Cache

register = template.Library()

# Parts in the memory of each process: a bar is 4 KB, and a console has some dozens of readers.
_kept: Cache[Hashable, str] = Cache(512)


class KeptNode(template.Node):
    """`opened`: names of variables; their places in the kept text are marked and filled for each page."""

    def __init__(
        self, nodelist: NodeList, name: str, keys: list[FilterExpression], opened: list[str]
    ) -> None:
        self.nodelist, self.name, self.keys, self.opened = nodelist, name, keys, opened
        # of characters for private use, which no text of ours has
        self.marks = {variable: f"\ue000{variable}\ue001" for variable in opened}

    def render(self, context: Context) -> SafeString:
        key = (self.name, get_language(), *(one.resolve(context) for one in self.keys))
        text = _kept.get(key, lambda: self._made(context))
        for variable, mark in self.marks.items():
            if mark in text:
                text = text.replace(mark, conditional_escape(context.get(variable) or ""))
        return mark_safe(text)  # noqa: S308  # a template made it, and what was filled in is escaped

    def _made(self, context: Context) -> str:
        with context.push(**{name: mark_safe(mark) for name, mark in self.marks.items()}):  # noqa: S308
            return self.nodelist.render(context)


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """See the module."""
    _tag, name, *rest = token.split_contents()
    cut = rest.index("open") if "open" in rest else len(rest)
    keys: list[Any] = [parser.compile_filter(bit) for bit in rest[:cut]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, name.strip("\"'"), keys, rest[cut + 1 :])
