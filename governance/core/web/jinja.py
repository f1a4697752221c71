"""The second template engine: for what a page shows by the hundred; Django's own is some times slower.

Its templates stand in `templates/jinja/` and consist of macros, which `macros.py` gives to Python; how values
read there is `templatetags/ui.py`, as everywhere else.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.template.defaultfilters import linebreaksbr
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, StrictUndefined

from governance.core.identity.sources import source_name
from governance.core.web.templatetags.ui import UNITS, age, icon, lapse, moment, number, zone


def environment(**options: Any) -> Environment:
    """What settings.TEMPLATES names; Django sets the loader and switches escaping on."""
    made = Environment(  # noqa: S701  # by Django, in the options
        **options | {"undefined": StrictUndefined},
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    made.filters |= {
        "clock": lambda instant: f"{timezone.localtime(instant):%H:%M:%S}",
        "iso": lambda instant: timezone.localtime(instant).isoformat(),
        "lapse": lapse,
        "lines": _lines,
        "moment": moment,
        "number": number,
        "source_name": source_name,
    }
    made.globals |= {
        "age": age,
        "component": _component,
        "get_language": get_language,
        "icon": icon,
        "languages_offered": settings.LANGUAGES,
        "static": cache(static),
        "units": UNITS,
        "url": cache(reverse),
        "zone": zone,
    }
    return made


def _component(name: str, **context: Any) -> str:
    """A component of `templates/ui/`, for what is rare among the rows."""
    return get_template(f"ui/{name}.html", using="django").render(context)


def _lines(text: str) -> str:
    """A text that keeps its lines, though nearly all have one."""
    return linebreaksbr(text) if "\n" in text or "\r" in text else text
