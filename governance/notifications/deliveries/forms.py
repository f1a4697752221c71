"""Why messages that were given up are sent again."""

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from governance.notifications.models import Delivery
from governance.notifications.outbox.replay import NOTE_LIMIT


class ReplayForm(forms.Form):
    """`delivery`: which; `note`: why, but for a dry run."""

    use_required_attribute = False

    delivery = forms.ModelMultipleChoiceField(
        Delivery.objects.none(),
        error_messages={"required": _lazy("Choisissez au moins un message.")},
    )
    note = forms.CharField(label=_lazy("Motif"), max_length=NOTE_LIMIT, required=False)

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"].strip()
        if not note and "dry" not in self.data:
            raise forms.ValidationError(_lazy("Dites pourquoi ces messages sont renvoyés."))
        return note
