"""Which audit somebody answers for, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ApproveForm(forms.Form):
    use_required_attribute = False

    audit = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Pourquoi cet état est le bon"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Votre nom et cette note seront inscrits au registre."),
    )
