"""`manage.py ledger_checkpoint`: sign the chain's end, so that it can leave the machine."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.core.ledger.verification.keys import (
    KeyUnusable,
    private_key_create,
    private_key_load,
    public_key_pem,
)
from governance.core.ledger.verification.memory import MemoryUnusable
from governance.core.ledger.verification.signing import ChainBroken, checkpoint_create
from governance.core.ledger.verification.words import broken


class Command(BaseCommand):
    help = (
        "Verify the chain and sign its end with the key of LEDGER_SIGNING_KEY_FILE. "
        "Exit 1: the chain is broken, nothing was signed; 2: there is no usable key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", metavar="FILE", type=Path, help="write there, not to stdout")
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--init", action="store_true", help="create the key and stop")
        instead.add_argument(
            "--public-key", action="store_true", help="print the public key as PEM and stop"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LEDGER_SIGNING_KEY_FILE:
            raise CommandError("LEDGER_SIGNING_KEY_FILE is not set", returncode=2)
        path = Path(settings.LEDGER_SIGNING_KEY_FILE)
        try:
            key = private_key_create(path) if options["init"] else private_key_load(path)
        except (KeyUnusable, OSError) as error:
            hint = "" if path.exists() else " (--init creates it)"
            raise CommandError(f"{error}{hint}", returncode=2) from error
        if options["init"] or options["public_key"]:
            self.stdout.write(public_key_pem(key.public_key()), ending="")
            return
        try:
            text = checkpoint_create(key=key)
        except ChainBroken as error:
            raise CommandError(broken(error.finding), returncode=1) from error
        except MemoryUnusable as error:
            raise CommandError(str(error), returncode=2) from error
        if options["out"]:
            options["out"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
