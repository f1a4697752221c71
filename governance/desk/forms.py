"""What a person says when acting on an alert; the words beside each field are theirs to read."""

import re
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alerts.bulk import LIMIT, Seen
from alerts.models import COMMENT_LIMIT, DATED, DISPUTE_DAYS, Cause, Decision, Severity
from alerts.services import Resolution, dispute_until
from alerts.words import said
from governance.core.web.templatetags.ui import quantity

NOTE_LIMIT = 4000  # characters


class ProseField(forms.CharField):
    """Text of several lines, empty when nothing of it can be seen.

    A browser counts a line's end as one character and sends two.
    """

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
        return said(super().to_python(text) or "")


class VersionForm(forms.Form):
    """The version of the alert that the person saw."""

    version = forms.IntegerField(
        min_value=1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"), _("Rechargez la page, puis recommencez.")
        ),
    )


class AckForm(VersionForm):
    """An acknowledgement may say something; it stays with it in the ledger."""

    note = ProseField(max_length=NOTE_LIMIT, required=False)


class ReopenForm(VersionForm):
    """Why an acknowledgement or a resolution is taken back; it stays in the ledger beside it."""

    use_required_attribute = False

    note = ProseField(
        label=_("Pourquoi"),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Inscrit au registre avec votre nom ; ce qui avait été dit y reste aussi."),
    )


class CareForm(forms.Form):
    """Who takes care of one alert or many; nobody is a choice."""

    assignee = forms.ChoiceField(label=_("Attribuer à"), required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[UUID, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["assignee"])
        field.choices = [
            ("", pgettext_lazy("à la charge de", "Personne")),
            *((str(pk), name) for pk, name in people),
        ]

    def person(self) -> UUID | None:
        """The person chosen, None for nobody."""
        chosen = self.cleaned_data["assignee"]
        return UUID(chosen) if chosen else None


class AssignForm(CareForm, VersionForm):
    """Who takes care of the alert, at the version that the person saw."""


class CommentForm(forms.Form):
    """What somebody has to say about an alert."""

    use_required_attribute = False

    body = ProseField(
        label=_("Commentaire"),
        max_length=COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Inscrit au registre avec votre nom ; il ne pourra plus être modifié."),
    )


class DecisionForm(forms.Form):
    """Decision, cause and note of a resolution; an end date with the DATED decisions and only with them."""

    use_required_attribute = False  # the server says what is missing, beside the field, in French

    decision = forms.ChoiceField(
        label=_("Décision"), choices=[("", _("Choisir…")), *Decision.choices]
    )
    cause = forms.ChoiceField(label=_("Cause"), choices=[("", _("Choisir…")), *Cause.choices])
    accepted_until = forms.DateField(
        label=_("Accepté ou en litige jusqu’au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Pour une anomalie acceptée ou en litige seulement ; après ce jour elle revient avec son âge."
        ),
    )
    note = ProseField(
        label=_("Note de résolution"),  # "Note" alone is Django's own and reads "Remarque"
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Ce qui a été constaté et fait, pour qui relira dans un an."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        dated, until = data.get("decision") in DATED, data.get("accepted_until")
        if dated and "accepted_until" not in self.errors:
            if until is None:
                self.add_error("accepted_until", _("Dites jusqu’à quel jour elle attend."))
            elif until <= timezone.localdate():
                self.add_error("accepted_until", _("Choisissez un jour à venir."))
        if not dated:
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


class ResolveForm(VersionForm, DecisionForm):
    """A decision about one alert, at the version that the person saw."""

    def __init__(self, *args: Any, severity: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.severity = severity

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        until = data.get("accepted_until")
        disputed = data.get("decision") == Decision.LITIGE and self.severity == Severity.CRITICAL
        if disputed and until and until > dispute_until():
            self.add_error("accepted_until", dispute_sentence())
        return data


def dispute_sentence() -> str:
    """What is said of a date that is too far; a dispute may be renewed, then with the alert's age."""
    return _("Le litige d’une alerte critique attend %(days)s jours au plus, jusqu’au %(day)s.") % {
        "days": DISPUTE_DAYS,
        "day": quantity(dispute_until()),
    }


class SelectionField(forms.Field):
    """Alerts that were ticked: `<uuid>:<version>` each, at most LIMIT, each alert once."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {  # noqa: RUF012  # Django's own attribute, read only
        "required": _("Cochez au moins une alerte."),
        "invalid": _("La sélection est illisible : rechargez la page, puis recommencez."),
        "many": _("%(chosen)s alertes sont cochées : pas plus de %(limit)s à la fois."),
    }
    _one = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9][0-9]{0,8})")

    def to_python(self, value: Any) -> list[Seen]:
        found: dict[UUID, Seen] = {}
        # One field of the summary holds them all, with blanks between.
        for text in " ".join(value or []).split(" ") if value else []:
            match = self._one.fullmatch(text)
            if match is None:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            one = Seen(UUID(match[1]), int(match[2]))
            if found.setdefault(one.alert_id, one) != one:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        if len(found) > LIMIT:
            sizes = {"chosen": len(found), "limit": LIMIT}
            raise ValidationError(self.error_messages["many"], code="many", params=sizes)
        return list(found.values())


class SelectionForm(forms.Form):
    """What is to be done, and with which alerts: those ticked, or all that the list's filter selects."""

    ACK, RESOLVE, ASSIGN = "ack", "resolve", "assign"

    action = forms.ChoiceField(choices=[(one, one) for one in (ACK, RESOLVE, ASSIGN)])
    selected = SelectionField(required=False)
    every = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data["selected"] and not data["every"]:
            self.add_error("selected", SelectionField.default_error_messages["required"])
        return data


class BulkAckForm(forms.Form):
    """An acknowledgement of many may say something, the same for each."""

    use_required_attribute = False

    note = ProseField(
        label=_("Note commune"),  # "Note" alone is Django's own, "Remarque"
        max_length=NOTE_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class BulkResolveForm(DecisionForm):
    """One decision about many."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("Note commune")
        self.fields["note"].help_text = _("La même pour chaque alerte.")
