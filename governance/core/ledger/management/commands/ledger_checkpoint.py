"""`manage.py ledger_checkpoint`: sign the chain's end, so that it can leave the machine."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.core.ledger.verification.delivery import NotDelivered, checkpoint_deliver, ways
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
        "Exit 1: the chain is broken, nothing was signed, or it did not leave; 2: there is no usable key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", metavar="FILE", type=Path, help="write there, not to stdout")
        parser.add_argument(
            "--send",
            action="store_true",
            help="take it off this machine by CHECKPOINT_FOLDER, CHECKPOINT_MAIL and CHECKPOINT_URL; "
            "where none is set, or no key, nothing is signed",
        )
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--init", action="store_true", help="create the key and stop")
        instead.add_argument(
            "--public-key", action="store_true", help="print the public key as PEM and stop"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["send"] and not (settings.LEDGER_SIGNING_KEY_FILE and ways()):
            self.stdout.write(
                _("INCONNU : rien n’est signé, LEDGER_SIGNING_KEY_FILE ou CHECKPOINT_… manque.")
            )
            return
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
        if options["send"]:
            self._send(text)
        elif options["out"]:
            options["out"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")

    def _send(self, text: str) -> None:
        seq = json.loads(text)["seq"]
        name = f"checkpoint-{settings.APP_ENV}-{seq:012}.json"
        try:
            count = checkpoint_deliver(name, text)
        except NotDelivered as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(
            ngettext(
                "Jalon n° %(seq)s signé et sorti par %(n)s chemin.",
                "Jalon n° %(seq)s signé et sorti par %(n)s chemins.",
                count,
            )
            % {"seq": seq, "n": count}
        )
