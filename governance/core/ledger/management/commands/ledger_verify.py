"""`manage.py ledger_verify`: is the record what was written?"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.core.ledger.verification.checkpoints import Checkpoint, CheckpointUnusable
from governance.core.ledger.verification.keys import KeyUnusable, public_key_load
from governance.core.ledger.verification.memory import MemoryUnusable
from governance.core.ledger.verification.verify import ledger_verify
from governance.core.ledger.verification.words import broken, whole


class Command(BaseCommand):
    help = (
        "Check the whole chain. Exit 0: whole; 1: not, naming the first bad seq; "
        "2: an argument, or what was remembered of the chain, cannot be used."
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
        parser.add_argument(
            "--accept-restored",
            metavar="REASON",
            default="",
            help="a backup was restored: go on from this chain although an earlier verification "
            "knew another; the reason is entered in the ledger",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["checkpoint"]) != bool(options["public_key"]):
            raise CommandError("--checkpoint and --public-key go together", returncode=2)
        try:
            found = ledger_verify(
                by=_person(options["by"]),
                checkpoints=_checkpoints(options),
                accepted=options["accept_restored"].strip(),
            )
        except MemoryUnusable as error:
            raise CommandError(str(error), returncode=2) from error
        if not found.is_whole:
            raise CommandError(broken(found), returncode=1)
        self.stdout.write(whole(found))


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
    with acting_as_system("accounts"):
        user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"no active account {username!r}", returncode=2)
    return user.pk
