"""Owns what a file of `templates/ui/` declares about itself, and its examples rendered; knows no page.

A component's header comment is a sentence, then one line per parameter: two spaces, the name (with `?`
where it may be left out; several with commas), two spaces or more, what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import SafeString

from governance.env import BASE_DIR

FOLDER = BASE_DIR / "templates" / "ui"

# Components that are part of a list, with the element that their pages put around them.
PARENTS = {
    "def": '<dl class="defs">{}</dl>',
    "source": '<ul class="sources">{}</ul>',
}

_HEADER = re.compile(r"\{% comment %\}\n(.*?)\{% endcomment %\}", re.DOTALL)
_LINE = re.compile(r"  ((?:\w+\??)(?:, \w+\??)*) {2,}(\S.*)")
_ID = re.compile(r'\bid="([^"]+)"')


@dataclass(frozen=True)
class Parameter:
    name: str
    is_required: bool
    text: str


@dataclass(frozen=True)
class Component:
    """One file: its name without `.html`, what it says it is, what it takes."""

    name: str
    text: str
    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.parameters)

    @property
    def required(self) -> frozenset[str]:
        return frozenset(one.name for one in self.parameters if one.is_required)


@dataclass(frozen=True)
class Example:
    """One state of a component. `in_page`: it reads the page's whole context as well."""

    caption: str
    parameters: dict[str, Any] = field(default_factory=dict)
    in_page: bool = False


def components(folder: Path = FOLDER) -> dict[str, Component]:
    """Every component by name; a file that begins with `_` is a part of another one."""
    return {
        path.stem: declared(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("[!_]*.html"))
    }


def declared(name: str, source: str) -> Component:
    """Read one header. Raises ValueError for a file without any."""
    header = _HEADER.search(source)
    if header is None:
        raise ValueError(f"{name} has no header comment")
    prose: list[str] = []
    parameters: list[Parameter] = []
    for line in header[1].splitlines():
        found = _LINE.match(line)
        if found:
            parameters += [
                Parameter(one.removesuffix("?"), not one.endswith("?"), found[2])
                for one in found[1].split(", ")
            ]
        elif parameters and line.startswith("   "):
            parameters[-1] = Parameter(
                parameters[-1].name,
                parameters[-1].is_required,
                f"{parameters[-1].text} {line.strip()}",
            )
        else:
            prose.append(line.strip())
    return Component(name, " ".join(prose).strip(), tuple(parameters))


def rendered(component: str, example: Example, *, key: str, request: HttpRequest) -> SafeString:
    """The example as HTML that may stand beside others: its ids begin with `key`, its h1 is an h2."""
    template = get_template(f"ui/{component}.html")
    html = template.render(example.parameters, request if example.in_page else None)
    for found in set(_ID.findall(html)):
        # wherever the id is spoken of: for, aria-labelledby, #fragment, url(#…), data-copy
        html = re.sub(rf'(?<=["#\s]){re.escape(found)}(?=["\s)-])', f"{key}-{found}", html)
    html = html.replace("<h1>", '<h2 class="as-h1">').replace("</h1>", "</h2>")
    html = PARENTS.get(component, "{}").replace("{}", html)
    return SafeString(html)  # a template of ours, rendered with escaping


def markup(component: str, example: Example) -> str:
    """How a template writes it; what is no plain text stands as a variable."""

    def written(name: str, value: Any) -> str:
        if isinstance(value, bool) or value is None or isinstance(value, int | float):
            return f"{name}={value}"
        return f'{name}="{value}"' if isinstance(value, str) else f"{name}={name}"

    given = " ".join(written(name, value) for name, value in example.parameters.items())
    only = "" if example.in_page else " only"
    return f'{{% include "ui/{component}.html"{" with " + given if given else ""}{only} %}}'
