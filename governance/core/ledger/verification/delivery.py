"""Takes a signed checkpoint off this machine, by every configured way; knows nothing of what it says.

Whoever owns the database can compute a whole new chain, but not change a file that has left.
"""

import os
import tempfile
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from governance.core.logs import one_line

LIMIT_S = 10.0


class NotDelivered(RuntimeError):
    """At least one way failed; the text names the variable of each."""


def ways() -> dict[str, Callable[[str, str], None]]:
    """The configured ones, by their variables; each takes the file's name and its text."""
    known = {
        "CHECKPOINT_FOLDER": (settings.CHECKPOINT_FOLDER, _into_folder),
        "CHECKPOINT_MAIL": (settings.CHECKPOINT_MAIL, _by_mail),
        "CHECKPOINT_URL": (settings.CHECKPOINT_URL, _by_http),
    }
    return {name: send for name, (value, send) in known.items() if value}


def checkpoint_deliver(name: str, text: str) -> int:
    """By how many ways it left. Tries all of them, then raises NotDelivered if any failed."""
    failed = []
    for variable, send in ways().items():
        try:
            send(name, text)
        except (OSError, SMTPException, HTTPException) as error:
            failed.append(f"{variable} : {one_line(error)}")
    if failed:
        raise NotDelivered(" ; ".join(failed))
    return len(ways())


def _into_folder(name: str, text: str) -> None:
    # Not made here: a folder that is missing is a disk that is not mounted.
    folder = Path(settings.CHECKPOINT_FOLDER)
    descriptor, fresh = tempfile.mkstemp(dir=folder, prefix=".")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(fresh).chmod(0o444)
    Path(fresh).replace(folder / name)


def _by_mail(name: str, text: str) -> None:
    message = EmailMessage(
        subject=_("Jalon signé du registre : %s") % name,
        body=_("À garder hors de la machine qui l’a signé."),
        to=settings.CHECKPOINT_MAIL,
    )
    message.attach(name, text, "application/json")
    message.send()


def _by_http(name: str, text: str) -> None:
    request = urllib.request.Request(  # noqa: S310  # http or https alone: env.outside_address
        settings.CHECKPOINT_URL,
        data=text.encode(),
        headers={"Content-Type": "application/json", "X-File-Name": name},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=LIMIT_S):  # noqa: S310
        pass
