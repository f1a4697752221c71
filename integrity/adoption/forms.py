"""Why a source is retired."""

from django import forms
from django.utils.translation import gettext_lazy


class RetireForm(forms.Form):
    """The reason, which the ledger keeps."""

    use_required_attribute = False

    note = forms.CharField(
        label=gettext_lazy("Raison"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
