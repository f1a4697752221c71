"""To whom the right to act is lent, from which day to which, and why."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.core.identity.models import SourceRole
from governance.core.identity.people import Person
from governance.core.identity.sources import source_name

LONGEST_DAYS = 90  # as in delegation_lent.sql


class LendForm(forms.Form):
    """A gerant of a source on which the person acts, the first and the last day, and why."""

    use_required_attribute = False

    to = forms.ChoiceField(label=gettext_lazy("Gérant"))
    since = forms.DateField(
        label=gettext_lazy("À partir du"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Vide : dès maintenant. Pour préparer une absence, le premier jour où vous ne serez pas là."
        ),
    )
    until = forms.DateField(
        label=gettext_lazy("Jusqu’au (inclus)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("90 jours au plus ; vous pourrez y mettre fin plus tôt."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        max_length=500,
        help_text=gettext_lazy("Par exemple « en congé » ; il sera inscrit au registre."),
    )

    def __init__(
        self, *args: Any, holders: Iterable[tuple[SourceRole, Person]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["to"])
        field.choices = [
            ("", _("Choisir…")),
            *(
                (f"{one.user_id}:{one.source}", f"{person} · {source_name(one.source)}")
                for one, person in holders
            ),
        ]

    def clean_since(self) -> datetime | None:
        """The first instant of that day; None for now."""
        day = self.cleaned_data["since"]
        if day is None or day == timezone.localdate():
            return None
        start = _midnight(day)
        if start is None or start > timezone.now() + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Choisissez un jour dans les 90 jours à venir."))
        if start < timezone.now():
            raise forms.ValidationError(_("Choisissez un jour à venir."))
        return start

    def clean_until(self) -> datetime:
        """The end of that day where the console is read."""
        start = self.cleaned_data.get("since") or timezone.now()
        end = _midnight(self.cleaned_data["until"], days=1)
        if end is None or end > start + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(
                _("Choisissez un jour dans les 90 jours qui suivent le début.")
            )
        if end <= start:
            raise forms.ValidationError(_("Choisissez un jour à venir, après le début."))
        return end

    def holder(self) -> tuple[UUID, str]:
        """Who, and on which source."""
        person, _colon, source = self.cleaned_data["to"].partition(":")
        return UUID(person), source


def _midnight(day: date, *, days: int = 0) -> datetime | None:
    """The first instant of a day, or of one some days later; None beyond what a clock can say."""
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))
    except OverflowError:
        return None
