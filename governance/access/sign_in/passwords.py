"""Which passwords are refused beside Django's own rules; knows of the person only what names them."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance.core.identity.demonstration import PASSWORD as DEMONSTRATION

SHORTEST_NAME = 3  # letters; a shorter part is found in too many words


class NamesCountForNothing:
    """What is left of a password without the person's names must still be long enough."""

    def __init__(self, min_length: int = 8) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        left = password.casefold()
        for name in sorted(_names(user), key=len, reverse=True):
            left = left.replace(name, "")
        if len(left) < self.min_length:
            raise ValidationError(self.get_help_text(), code="password_is_name")

    def get_help_text(self) -> str:
        return _(
            "Votre nom, votre identifiant et votre adresse e-mail ne comptent pas : sans eux, il doit"
            " rester au moins %(n)s caractères."
        ) % {"n": self.min_length}


class NotTheDemonstrations:
    """The password that the documentation prints is nobody's."""

    def validate(self, password: str, user: Any = None) -> None:
        if password == DEMONSTRATION:
            raise ValidationError(self.get_help_text(), code="password_is_public")

    def get_help_text(self) -> str:
        return _("Le mot de passe de la démonstration est refusé.")


def _names(user: Any) -> set[str]:
    said = (
        getattr(user, name, None) or "" for name in ("username", "first_name", "last_name", "email")
    )
    parts = {part for one in said for part in (one, *re.split(r"[\W_]+", one))}
    return {part.casefold() for part in parts if len(part) >= SHORTEST_NAME}
