"""Where a command finds a database's address: in a variable or a file that its argument names."""

import re
from argparse import ArgumentTypeError
from pathlib import Path

import psycopg
from django.utils.translation import gettext as _
from psycopg.conninfo import conninfo_to_dict

from governance.env import env

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def database_address(text: str) -> str:
    """Type of an argument: `NAME` of a variable, `@FILE`, or an address that holds no password.

    Arguments stand in the list of processes, where every account of the machine reads them. No message
    repeats what was given: it may be the password.
    """
    if _VARIABLE.fullmatch(text):
        address: str = env.str(text, default="")
        if not address:
            raise ArgumentTypeError(_("la variable %(name)s est vide ou absente") % {"name": text})
        return address
    if text.startswith("@"):
        try:
            return Path(text[1:]).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise ArgumentTypeError(_("le fichier nommé après @ ne se lit pas")) from None
    try:
        has_password = bool(conninfo_to_dict(text).get("password"))
    except psycopg.ProgrammingError:
        has_password = bool(re.search(r"://[^/]*:[^/]*@|password", text))
    if has_password:
        raise ArgumentTypeError(
            _(
                "une adresse avec mot de passe se verrait dans la liste des processus ; "
                "nommez une variable (SOURCE_DEPOT_DATABASE_URL) ou un fichier (@FICHIER)"
            )
        )
    return text
