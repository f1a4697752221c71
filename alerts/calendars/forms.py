"""A source's calendar as an administrator writes it."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from alerts.calendars.models import Moved, SourceCalendar
from alerts.calendars.reading import (
    CalendarError,
    calendar_read,
    holidays_read,
    holidays_text,
    shipped,
    spans,
)

DAYS = range(7)


class CalendarForm(forms.Form):
    """Zone, hours of each weekday, holidays; one text each."""

    use_required_attribute = False

    zone = forms.CharField(
        label=_("Fuseau horaire"), help_text=_("Par exemple Africa/Lubumbashi."), max_length=64
    )
    holidays = forms.CharField(
        label=_("Jours fériés"),
        help_text=_(
            "Un par ligne : 06-30 Indépendance pour chaque année, 2026-04-03 pour une fois."
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=20_000,
        required=False,
    )
    moved = forms.ChoiceField(
        label=_("Un jour férié qui tombe un dimanche"), choices=Moved.choices, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = {"zone": self.fields["zone"]}
        for day in DAYS:
            fields[f"day{day}"] = forms.CharField(
                label=str(WEEKDAYS[day]).capitalize(), max_length=100, required=False
            )
        self.fields = fields | self.fields

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for day in DAYS:
            try:
                spans(str(said.get(f"day{day}", "")))
            except CalendarError as error:
                self.add_error(f"day{day}", str(error))
        if self.errors:
            return said
        try:
            calendar_read(**self.values)
        except CalendarError as error:
            self.add_error("day0" if error.part == "hours" else error.part, str(error))
        return said

    @property
    def values(self) -> dict[str, Any]:
        """What `calendar_set` takes. Raises CalendarError while it is not valid."""
        said = self.cleaned_data
        return {
            "zone": said["zone"],
            "hours": [said[f"day{day}"] for day in DAYS],
            "holidays": holidays_read(said["holidays"]),
            "moved": said["moved"],
        }

    def week(self) -> list[forms.BoundField]:
        return [self[f"day{day}"] for day in DAYS]


def initial_of(row: SourceCalendar | None, name: str = "") -> dict[str, Any]:
    """What the form shows first: the shipped calendar of this name, or the one in force."""
    if name:
        said = shipped(name)
    elif row:
        said = {one: getattr(row, one) for one in ("zone", "hours", "holidays", "moved")}
    else:
        return {}
    return {
        "zone": said["zone"],
        "holidays": holidays_text(said["holidays"]),
        "moved": said["moved"],
        **{f"day{day}": said["hours"][day] for day in DAYS},
    }
