"""What an administrator says of a channel; what was typed as its address is never shown again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from governance.notifications.channels.addresses import Address, BadAddress, address_read
from governance.notifications.models import Family

_PRIVATE = _lazy("Permettre une adresse du réseau interne, sinon refusée à chaque envoi")


def _secret() -> forms.CharField:
    return forms.CharField(
        label=_lazy("Adresse"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_lazy(
            "L’adresse du service, telle qu’il la donne, ou celle d’Apprise : <code>slack://…</code>, "
            "<code>mmosts://…</code>, <code>tgram://…</code>. Elle est chiffrée, et plus jamais montrée."
        ),
    )


class ChannelForm(forms.Form):
    """A new channel."""

    use_required_attribute = False

    name = forms.CharField(label=_lazy("Nom du canal"), max_length=60)
    family = forms.ChoiceField(
        label=_lazy("Famille"),
        choices=[(one.value, one.label) for one in Family if one != Family.MAIL],
    )
    address = _secret()
    may_be_private = forms.BooleanField(label=_PRIVATE, required=False)

    address_found: Address

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("family") and said.get("address"):
            try:
                self.address_found = address_read(Family(said["family"]), said["address"])
            except BadAddress as wrong:
                self.add_error("address", str(wrong))
        return said


class ChannelChangeForm(forms.Form):
    """Switch it, or give it another address; an empty address keeps the former."""

    use_required_attribute = False

    is_on = forms.BooleanField(label=_lazy("En service"), required=False)
    may_be_private = forms.BooleanField(label=_PRIVATE, required=False)
    address = _secret()

    address_found: Address | None = None

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._family = family
        self.fields["address"].required = False
        self.fields["address"].label = _lazy("Autre adresse")
        if family == Family.MAIL:
            del self.fields["address"], self.fields["may_be_private"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("address"):
            try:
                self.address_found = address_read(self._family, said["address"])
            except BadAddress as wrong:
                self.add_error("address", str(wrong))
        return said
