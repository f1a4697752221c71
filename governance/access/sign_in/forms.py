"""What somebody types who comes in for the first time, or chooses another password by a link."""

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from governance.core.identity.models import User


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # no generic when it runs
    """Twice the same, by the rules of settings.AUTH_PASSWORD_VALIDATORS."""

    use_required_attribute = False


class FirstAdministratorForm(BaseUserCreationForm):  # type: ignore[type-arg]
    """Name, address and password of whoever lets in everybody else."""

    use_required_attribute = False

    first_name = forms.CharField(label=_("Prénom"), max_length=150)
    last_name = forms.CharField(label=_("Nom"), max_length=150)
    email = forms.EmailField(label=_("Adresse e-mail"), required=False)

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Identifiant")
        self.fields["username"].help_text = _("Lettres, chiffres, points et tirets.")
