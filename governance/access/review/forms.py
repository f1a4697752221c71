"""What a reviewer decides of each role, and why."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from governance.access.review.queries import Holder

CONFIRM, WITHDRAW = "confirm", "withdraw"
NOTE_LIMIT = 500  # as in access_review_signed.sql


class ReviewForm(forms.Form):
    """Two fields for each holder, and the role that was shown: another one by then is another decision."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, holders: Sequence[Holder], reviewer: UUID, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._holders, self._reviewer = holders, reviewer
        for one in holders:
            choices = [(CONFIRM, _lazy("Confirmer")), (WITHDRAW, _lazy("Retirer"))]
            key = one.account.pk.hex
            self.fields[f"decision-{key}"] = forms.ChoiceField(
                label=one.name,
                choices=choices[: 1 if one.account.pk == reviewer else 2],
                widget=forms.RadioSelect,
                error_messages={"required": _lazy("Décidez : confirmer ou retirer.")},
            )
            self.fields[f"note-{key}"] = forms.CharField(
                label=one.name, required=False, max_length=NOTE_LIMIT
            )
            self.fields[f"role-{key}"] = forms.CharField(
                widget=forms.HiddenInput, initial=one.held.role
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for one in self._holders:
            key = one.account.pk.hex
            if said.get(f"role-{key}") != one.held.role:
                self.add_error(f"decision-{key}", _("Ce rôle a changé depuis : décidez à nouveau."))
            elif said.get(f"decision-{key}") == WITHDRAW and not said.get(f"note-{key}"):
                self.add_error(f"note-{key}", _("Dites pourquoi ce rôle est retiré."))
        return said

    @property
    def decisions(self) -> dict[UUID, tuple[str, str]]:
        """By person, once it is valid."""
        return {
            one.account.pk: (
                self.cleaned_data[f"decision-{one.account.pk.hex}"],
                self.cleaned_data[f"note-{one.account.pk.hex}"],
            )
            for one in self._holders
        }

    def rows(self) -> list[dict[str, Any]]:
        """Each holder with its fields, for the table."""
        return [
            {
                "holder": one,
                "is_reviewer": one.account.pk == self._reviewer,
                "decision": self[f"decision-{one.account.pk.hex}"],
                "note": self[f"note-{one.account.pk.hex}"],
                "role": self[f"role-{one.account.pk.hex}"],
            }
            for one in self._holders
        ]
