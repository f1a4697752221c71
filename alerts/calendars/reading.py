"""Reads a calendar out of what people write: hours, holidays, and the files that ship with the console."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from alerts.calendars.models import Moved
from alerts.calendars.working_time import Span, WorkingCalendar

SHIPPED = Path(__file__).parent / "shipped"
SPAN = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)")
HOLIDAY = re.compile(r"((?:\d{4}-)?\d\d-\d\d)\s+(.*\S)")
MOST_HOLIDAYS = 200
LEAP_YEAR = 2024  # has every day that can be a yearly holiday


class CalendarError(ValueError):
    """What cannot be read, in words; `part`: the field that says it."""

    def __init__(self, part: str, said: str) -> None:
        super().__init__(said)
        self.part = part


def spans(text: str) -> tuple[Span, ...]:
    """Minutes of a day, of `07:30-12:00 13:00-16:30`; `22:00-24:00` goes on at the next day's `00:00`."""
    found: list[Span] = []
    for word in text.split():
        match = SPAN.fullmatch(word)
        if match is None:
            raise CalendarError(
                "hours", _("« %(word)s » ne se lit pas : écrire 07:30-12:00.") % {"word": word}
            )
        hours = [int(part) for part in match.groups()]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        is_time = max(hours[1], hours[3]) < 60 and start < end <= 1440
        if not is_time or (found and start < found[-1][1]):
            raise CalendarError(
                "hours",
                _("« %(word)s » : une fin après son début, l’une après l’autre.") % {"word": word},
            )
        found.append((start, end))
    return tuple(found)


def holidays_read(text: str) -> list[dict[str, str]]:
    """One a line: `06-30 Indépendance` for every year, `2026-04-03 Deuil national` for once."""
    found = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        match = HOLIDAY.fullmatch(line)
        if match is None:
            raise CalendarError(
                "holidays",
                _("« %(line)s » : écrire 06-30 ou 2026-04-03, puis le nom.") % {"line": line},
            )
        found.append({"day": match[1], "name": match[2]})
    return found


def holidays_text(holidays: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(f"{one['day']} {one['name']}" for one in holidays)


def calendar_read(
    *, zone: str, hours: Iterable[str], holidays: Iterable[Mapping[str, str]], moved: str = ""
) -> WorkingCalendar:
    """The calendar that these values say. Raises CalendarError."""
    if zone not in available_timezones():
        raise CalendarError("zone", _("« %(zone)s » n’est pas un fuseau connu.") % {"zone": zone})
    week = tuple(spans(str(one)) for one in hours)
    if len(week) != 7 or not any(week):
        raise CalendarError("hours", _("Dites les heures d’au moins un jour de la semaine."))
    if moved not in Moved.values:
        raise CalendarError("moved", _("Cette valeur n’existe pas."))
    yearly, once = set(), set()
    for one in holidays:
        day = str(one.get("day", ""))
        try:
            if len(day) == 5:
                yearly.add(f"{date.fromisoformat(f'{LEAP_YEAR}-{day}'):%m-%d}")
            else:
                once.add(date.fromisoformat(day))
        except ValueError:
            raise CalendarError(
                "holidays", _("« %(day)s » n’est pas un jour du calendrier.") % {"day": day}
            ) from None
    if len(yearly) + len(once) > MOST_HOLIDAYS:
        raise CalendarError(
            "holidays", _("Au plus %(most)s jours fériés.") % {"most": MOST_HOLIDAYS}
        )
    return WorkingCalendar(zone, week, frozenset(yearly), frozenset(once), moved)


def shipped(name: str) -> dict[str, Any]:
    """A calendar of `shipped/` as its values; its holidays may stand in a file of their own.

    Raises CalendarError where there is none of this name.
    """
    file = SHIPPED / f"{name}.toml"
    if not name.isidentifier() or not file.is_file():
        raise CalendarError("name", _("Aucun calendrier « %(name)s ».") % {"name": name})
    return values_read(file)


def shipped_names() -> list[str]:
    """The calendars that ship, without the lists of holidays beside them."""
    return sorted(
        file.stem for file in SHIPPED.glob("*.toml") if "zone" in tomllib.loads(file.read_text())
    )


def values_read(file: Path) -> dict[str, Any]:
    """Zone, hours, holidays and `moved` as a file says them. Raises CalendarError."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        country = SHIPPED / f"{said['country']}.toml" if "country" in said else None
        listed = tomllib.loads(country.read_text(encoding="utf-8")) if country else {}
        found = {
            "zone": said["zone"],
            "hours": list(said["hours"]),
            "holidays": [*listed.get("holidays", []), *said.get("holidays", [])],
            "moved": said.get("moved", listed.get("moved", "")),
        }
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CalendarError("name", f"{file.name}: {error}") from None
    calendar_read(**found)
    return found
