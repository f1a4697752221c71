"""How values read on a page: numbers, units, ages, icons. Knows no model, query or permission."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from governance.core.identity.sources import source_name
from governance.core.web.macros import macros

register = template.Library()
register.filter(source_name)

SPACE = "\u00a0"
NARROW_SPACE = "\u202f"
MINUS = "\u2212"
DASH = "\u2014"

# (thousands separator, decimal mark). Django's French format groups with U+00A0, which is as wide
# as a word space and makes "1 234 L" read as two numbers in a dense row.
_MARKS = {"fr": (NARROW_SPACE, ","), "en": (",", ".")}


@register.filter
def number(value: Any, decimals: int | None = None) -> str:
    """Write a number as people of the active language do: ``1 234,5`` in French.

    Without ``decimals`` a float keeps at most 2 of them (4 below 1) and no trailing zero.
    Anything that is not a finite number comes back as its plain text, ``None`` as a dash.
    """
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if not isinstance(value, (int, float, Decimal)):
        return str(value)
    exact = Decimal(str(value))
    if not exact.is_finite():
        return str(value)
    trim = decimals is None
    if decimals is None and isinstance(value, int):
        return _whole(value)
    if decimals is None:
        decimals = 4 if abs(exact) < 1 else 2
    text = f"{abs(exact):,.{decimals}f}"
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, _, fraction = text.partition(".")
    thousands, mark = _MARKS.get((get_language() or "fr")[:2], _MARKS["fr"])
    sign = MINUS if exact < 0 and text.strip("0.,") else ""
    return sign + whole.replace(",", thousands) + (mark + fraction if fraction else "")


def _whole(value: int) -> str:
    """`number` for most of what a page counts, without the arithmetic of decimals."""
    text = f"{abs(value):,}"
    if len(text) > 3:
        text = text.replace(",", _MARKS.get((get_language() or "fr")[:2], _MARKS["fr"])[0])
    return MINUS + text if value < 0 else text


@register.filter
def quantity(value: Any, unit: str | None = "") -> str:
    """Write any value of a payload: numbers with their unit, dates in local time, text as it is."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return in_words(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(quantity(item, unit) for item in value) or DASH
    counted = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return f"{number(value)}{SPACE}{unit}" if unit and counted else number(value)


def instant_parse(text: str) -> datetime | None:
    """The instant that a text of ISO 8601 tells; None for one that is to be shown as it is.

    In another zone, one of the years 1 and 9999 may be in a year that Python does not have.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if 1 < found.year < 9999 else None


def _here(value: datetime) -> datetime:
    """An instant in the zone of display; in UTC where that zone has no such year."""
    try:
        return timezone.localtime(value)
    except OverflowError:
        return value


@register.filter
def in_words(value: date | None, form: str = "j F Y") -> str:
    """Write a day, or an instant in the zone of display, in words. The one place that does.

    `form` is one of Django's date formats. French says "1er octobre", for which they have no letter.
    """
    if value is None:
        return DASH
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = _here(value)
    if value.day == 1 and (get_language() or "fr").startswith("fr"):
        form = form.replace("j", r"\1\e\r", 1)
    return formats.date_format(value, form)


@register.filter
def moment(value: datetime | None) -> str:
    """Write an instant in full, to the minute, in the zone of display."""
    if value is None:
        return DASH
    return in_words(value, gettext("j F Y à H:i"))


@register.filter
def until(value: datetime | None) -> str:
    """Write the end of something: a day that is whole in it as that day, not as the next one's midnight."""
    if value is None:
        return DASH
    local = _here(value)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return gettext("%(day)s inclus") % {"day": in_words(local.date() - timedelta(days=1))}
    return moment(value)


@register.filter
def to_the_second(value: datetime | None) -> str:
    """Write an instant of a log, in the zone of display: two of one minute must be told apart."""
    if value is None:
        return DASH
    return in_words(value, gettext("j F Y à H:i:s"))


@register.simple_tag
def zone_place() -> str:
    """The place that the zone of display is named after: ``Lubumbashi``; ``UTC`` for that one."""
    return timezone.get_default_timezone_name().rpartition("/")[2].replace("_", " ")


@register.simple_tag
def zone() -> str:
    """Which hours the pages show, with the offset of this instant: summer time moves it."""
    minutes = int((timezone.localtime().utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = MINUS if minutes < 0 else "+"
    offset = f"UTC{sign}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"
    place = zone_place()
    if place == "UTC":
        return gettext("Heures UTC")
    words = {"place": place, "offset": offset}
    if _moves_in_summer(timezone.get_default_timezone_name(), timezone.now().date()):
        return gettext("Heures de %(place)s (en ce moment %(offset)s)") % words
    return gettext("Heures de %(place)s (%(offset)s)") % words


@lru_cache(maxsize=1)
def _moves_in_summer(name: str, day: date) -> bool:
    """Whether the zone's offset differs within a year from that day: instants shown may have others."""
    here, noon = ZoneInfo(name), datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return (
        len({(noon + timedelta(days=30 * n)).astimezone(here).utcoffset() for n in range(12)}) > 1
    )


DAY, MONTH, YEAR = 86400, 2_629_746, 31_556_952  # seconds; the latter two on average


def reading(delta: timedelta) -> tuple[int, int]:
    """What `duration` says, as (amount, seconds in its unit): two lengths that read the same are equal."""
    seconds = int(abs(delta.total_seconds()))
    for size in (YEAR, MONTH):
        if seconds >= 2 * size:  # rounded: nobody counts the hours of what is months old
            return (2 * seconds + size) // (2 * size), size
    for size in (DAY, 3600, 60):
        if seconds >= size:
            return seconds // size, size
    return seconds, 1


def duration(delta: timedelta) -> str:
    """Write a length of time with its largest unit only: ``40 s``, ``12 j``, ``4 mois``, ``3 ans``."""
    amount, size = reading(delta)
    return f"{number(amount)}{SPACE}{UNITS[size]}"


# What `duration` calls its units, by their seconds; amounts of the two largest are never one.
UNITS = {
    YEAR: gettext_lazy("ans"),
    MONTH: gettext_lazy("mois"),
    DAY: gettext_lazy("j"),
    3600: "h",
    60: "min",
    1: "s",
}


def at_most(delta: timedelta) -> str:
    """Write a length of time that nothing exceeded: rounded up, in hours below three days."""

    def up(seconds: int) -> int:
        return -(delta // -timedelta(seconds=seconds))

    if up(60) <= 60:
        return f"{number(up(60))}{SPACE}min"
    if up(3600) <= 72:
        return f"{number(up(3600))}{SPACE}h"
    return f"{number(up(86400))}{SPACE}{gettext('j')}"


@register.filter
def lapse(delta: timedelta | None) -> str:
    """Write how long something took: ``40 ms``, ``3,2 s``, then as `duration` does."""
    if delta is None:
        return DASH
    seconds = delta.total_seconds()
    if seconds < 1:
        return f"{number(round(seconds * 1000))}{SPACE}ms"
    if seconds < 60:
        return f"{number(seconds, 1)}{SPACE}s"
    return duration(delta)


# What is dated later than this is no matter of two clocks that differ a little.
CLOCKS_DIFFER = timedelta(seconds=60)


def age_words(delta: timedelta, style: str = "ago") -> str:
    """The words of `age`; ``delta`` is how long ago it was, negative for the future."""
    if style in ("ago", "bare"):
        if style == "ago" and delta < -CLOCKS_DIFFER:
            return gettext("daté du futur")
        delta = max(delta, timedelta(0))
    words = duration(delta)
    if style == "bare":
        return words
    if delta < timedelta(0):
        return gettext("dans %s") % words
    return (gettext("en retard de %s") if style == "due" else gettext("il y a %s")) % words


@register.simple_tag
def age(value: datetime | None, style: str = "ago") -> str | SafeString:
    """Render ``<time>`` with the age of an instant; the page's script makes it tick.

    ``style`` is ``ago`` ("il y a 3 h") or ``bare`` ("3 h") for what has been, never negative whatever a
    clock says; ``next`` ("dans 3 h") or ``due`` ("dans 3 h", or "en retard de 3 h" once it is over).
    """
    if value is None:
        return DASH
    passed = timezone.now() - value
    words = age_words(passed, style)
    late = style == "due" and passed >= timedelta(0)
    return format_html(
        '<time datetime="{}" data-age="{}"{} title="{}">{}</time>',
        value.astimezone(timezone.get_fixed_timezone(0)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        style,
        SafeString(' class="late"') if late else "",
        moment(value),
        words,
    )


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Render one symbol of ``static/icons.svg``. Always decorative: the word stands beside it."""
    return format_html(
        '<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def part(template: str, macro: str, *values: Any, **more: Any) -> SafeString:
    """Render a macro of `templates/jinja/`, for what most pages show (decision 0060)."""
    return SafeString(getattr(macros(template), macro)(*values, **more))


@register.simple_tag
def mark(name: str, value: str, *, pill: bool = False, is_waiting: bool = False) -> SafeString:
    """Render a macro of `templates/jinja/marks.html`: severity or status."""
    more = (bool(is_waiting),) if name == "status" else ()
    return SafeString(getattr(macros("marks.html"), name)(value, pill, *more))


@register.simple_tag
def tally(critical: int = 0, warn: int = 0) -> str:
    """Say two counts as one French phrase: "2 critiques et 6 avertissements"; empty for none."""
    parts = []
    if critical:
        parts.append(
            ngettext("%(n)s critique", "%(n)s critiques", critical) % {"n": number(critical)}
        )
    if warn:
        parts.append(
            ngettext("%(n)s avertissement", "%(n)s avertissements", warn) % {"n": number(warn)}
        )
    return gettext(" et ").join(parts)
