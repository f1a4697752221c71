"""The second factor: whose secrets these are, how they lie in the database, and that a code serves once."""

import base64
from functools import cache
from typing import Any, ClassVar

import qrcode  # type: ignore[import-untyped]
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as LibraryAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as LibraryReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as LibraryActivateForm
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.forms import AddWebAuthnForm as LibraryAddKeyForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm as LibraryRenameForm
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]

from governance.access.sign_in.attempts import Limit, TooManyAttempts, attempt_count
from governance.core.identity.acting import acting_as_user

CODE_SECONDS = 120  # longer than a code is accepted, with one period before and after


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library ships no types
    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Ce code n’est pas le bon, ou il a déjà servi."),
    }

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Asked as the person: to anybody else row security shows no factor, and a sign-in would skip it."""
        if user.is_anonymous:
            return False
        with acting_as_user(user.pk):
            return bool(super().is_mfa_enabled(user, types))

    def build_totp_svg(self, url: str) -> str:
        """A part of the page: the Content-Security-Policy refuses a data: address."""
        return str(qrcode.make(url, image_factory=SvgPathImage).to_string(encoding="unicode"))

    def encrypt(self, text: str) -> str:
        return (
            _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
            .encrypt(text.encode())
            .decode()
        )

    def decrypt(self, encrypted_text: str) -> str:
        try:
            found = _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(
                encrypted_text.encode()
            )
        except InvalidToken:
            return str(generate_totp_secret())  # under another key: no code fits it
        return found.decode()


@cache
def _fernet(*keys: str) -> MultiFernet:
    def derived(key: str) -> Fernet:
        kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"governance second factors")
        return Fernet(base64.urlsafe_b64encode(kdf.derive(key.encode())))

    return MultiFernet([derived(key) for key in keys])


class _CodeOnce:
    """The library remembers in one process which codes were used; this in the database, for all of them."""

    user: Any
    authenticator: Any

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # of the library's form beside it
        if self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(one for one in code if one.isdigit())
            try:
                attempt_count([Limit(f"code {self.user.pk} {digits}", 1, CODE_SECONDS)])
            except TooManyAttempts:
                raise forms.ValidationError(
                    FactorAdapter.error_messages["incorrect_code"]
                ) from None
        return code


def _code_field() -> forms.CharField:
    return forms.CharField(
        label=_("Code"),
        help_text=_("Les six chiffres de l’application, ou un code de secours."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class AuthenticateForm(_CodeOnce, LibraryAuthenticateForm):  # type: ignore[misc]
    use_required_attribute = False
    code = _code_field()


class ReauthenticateForm(_CodeOnce, LibraryReauthenticateForm):  # type: ignore[misc]
    use_required_attribute = False
    code = _code_field()


class ActivateTOTPForm(LibraryActivateForm):  # type: ignore[misc]
    use_required_attribute = False
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Les six chiffres que l’application montre maintenant."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class AddKeyForm(LibraryAddKeyForm):  # type: ignore[misc]
    use_required_attribute = False
    name = forms.CharField(label=_("Nom de la clé"), required=False, max_length=60)
    passwordless = forms.BooleanField(
        label=_("Pour entrer sans mot de passe"),
        required=False,
        help_text=_("La clé demande alors elle-même un code, un doigt ou un visage."),
    )


class RenameKeyForm(LibraryRenameForm):  # type: ignore[misc]
    use_required_attribute = False
    name = forms.CharField(label=_("Nom de la clé"), max_length=60)
