"""What a person says when acting on an alert; the words beside each field are theirs to read."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alerts.models import Cause, Decision
from alerts.services import Resolution

NOTE_LIMIT = 4000  # characters


class VersionForm(forms.Form):
    """The version of the alert that the person saw."""

    version = forms.IntegerField(min_value=1)


class ResolveForm(VersionForm):
    """Decision, cause and note of a resolution; an end date with ACCEPTE and only with it."""

    use_required_attribute = False  # the server says what is missing, beside the field, in French

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=_("Décision"), choices=[("", _("Choisir…")), *Decision.choices]
    )
    cause = forms.ChoiceField(label=_("Cause"), choices=[("", _("Choisir…")), *Cause.choices])
    accepted_until = forms.DateField(
        label=_("Accepté jusqu’au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Seulement pour une anomalie acceptée ; elle reviendra après ce jour."),
    )
    note = forms.CharField(
        label=_("Note de résolution"),  # "Note" alone is Django's own and reads "Remarque"
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Ce qui a été constaté et fait, pour qui relira dans un an."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        accepted, until = data.get("decision") == Decision.ACCEPTE, data.get("accepted_until")
        if accepted and "accepted_until" not in self.errors:
            if until is None:
                self.add_error("accepted_until", _("Dites jusqu’à quel jour elle est acceptée."))
            elif until <= timezone.localdate():
                self.add_error("accepted_until", _("Choisissez un jour à venir."))
        if not accepted:
            data["accepted_until"] = None
        return data

    def resolution(self) -> Resolution:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        return Resolution(
            note=data["note"],
            cause=Cause(data["cause"]),
            decision=Decision(data["decision"]),
            accepted_until=data["accepted_until"],
        )
