"""`manage.py ledger_verify`: is the record what was written?"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.ledger.checkpoints import Checkpoint, CheckpointUnusable
from governance.ledger.keys import KeyUnusable, public_key_load
from governance.ledger.verify import Verification, ledger_verify
from governance.models import User


class Command(BaseCommand):
    help = (
        "Check the whole chain. Exit 0: whole; 1: not, naming the first bad seq; "
        "2: an argument cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--checkpoint",
            metavar="FILE",
            type=Path,
            action="append",
            default=[],
            help="a signed checkpoint that the chain must agree with; may be given several times",
        )
        parser.add_argument(
            "--public-key", metavar="FILE", type=Path, help="the key that signed the checkpoints"
        )
        parser.add_argument(
            "--by", metavar="USERNAME", help="say in the entry that this person asked for it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["checkpoint"]) != bool(options["public_key"]):
            raise CommandError("--checkpoint and --public-key go together", returncode=2)
        found = ledger_verify(by=_person(options["by"]), checkpoints=_checkpoints(options))
        if not found.is_whole:
            raise CommandError(broken(found), returncode=1)
        self.stdout.write(_whole(found))


def broken(found: Verification) -> str:
    """One line that names the first bad seq."""
    text = _(
        "Registre rompu : première entrée fautive n° %(seq)d (%(fault)s) ; %(entries)d entrées lues"
    ) % {
        "seq": found.first_bad,
        "fault": found.fault.label if found.fault else "",
        "entries": found.entries,
    }
    if not found.is_recorded:
        text += " ; " + _("cette vérification n’a pas pu être inscrite au registre")
    return text


def _whole(found: Verification) -> str:
    text = ngettext(
        "Registre intact : %(entries)d entrée",
        "Registre intact : %(entries)d entrées",
        found.entries,
    ) % {"entries": found.entries}
    if found.checkpoints:
        text += " ; " + _("conforme aux points de contrôle %(seqs)s") % {
            "seqs": ", ".join(map(str, found.checkpoints))
        }
    return f"{text} ({found.last_hash}, {found.seconds:.1f} s)"


def _checkpoints(options: dict[str, Any]) -> list[Checkpoint]:
    if not options["checkpoint"]:
        return []
    try:
        key = public_key_load(options["public_key"])
    except KeyUnusable as error:
        raise CommandError(str(error), returncode=2) from error
    read = []
    for path in options["checkpoint"]:
        try:
            read.append(Checkpoint.from_signed_text(path.read_text(encoding="utf-8"), key))
        except (OSError, CheckpointUnusable) as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error
    return read


def _person(username: str | None) -> Any:
    if username is None:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"no active account {username!r}", returncode=2)
    return user.pk
