"""To whom the right to act is lent, and until which day."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
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
    """A gerant of a source on which the person acts, and the last day."""

    use_required_attribute = False

    to = forms.ChoiceField(label=gettext_lazy("Gérant"))
    until = forms.DateField(
        label=gettext_lazy("Jusqu’au (inclus)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Dans les 90 jours ; vous pourrez y mettre fin plus tôt."),
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

    def clean_until(self) -> datetime:
        """The end of that day where the console is read."""
        day = self.cleaned_data["until"]
        now = timezone.now()
        try:
            end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        except OverflowError:
            end = None
        if end is None or end > now + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Choisissez un jour dans les 90 jours à venir."))
        if end <= now:
            raise forms.ValidationError(_("Choisissez un jour à venir."))
        return end

    def holder(self) -> tuple[UUID, str]:
        """Who, and on which source."""
        person, _colon, source = self.cleaned_data["to"].partition(":")
        return UUID(person), source
