"""`manage.py pack`: begin a pack of rules, say what is wrong with one, watch those that are in use."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from governance.core.identity.sources import source_slugs
from integrity.adoption.checking import pack_check
from integrity.adoption.skeleton import Shown, SkeletonError, codes_shown, pack_write
from integrity.adoption.watching import packs_watch
from integrity.rules.manifest import SCHEMAS
from integrity.source_check.rights import hidden_said
from integrity.sources.catalogue import catalogue_reading
from integrity.sources.connections import SourceError, source_transaction
from integrity.sources.contract import VIEW

SCHEMA_FILES = {"rule.toml": "manifest", "pack.toml": "pack", "source.toml": "source"}


class Command(BaseCommand):
    help = (
        "new : écrit le début d’un paquet de règles. check : dit tout ce qui n’y va pas ; code 1 s’il y "
        "a des défauts. watch : examine les paquets en service, lève et clôt les alertes ; code 1 de même. "
        "schema : toutes les clés de rule.toml, pack.toml ou source.toml."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        new = actions.add_parser("new", help="écrit les fichiers d’un nouveau paquet")
        new.add_argument("folder", metavar="DOSSIER", type=Path)
        new.add_argument(
            "--from-view",
            nargs="?",
            const=VIEW,
            metavar="VUE",
            help=f"un genre pour chaque code que montre une vue de --source (défaut : {VIEW})",
        )
        new.add_argument("--source", metavar="SLUG", help="une source configurée")
        check = actions.add_parser("check", help="dit tout ce qui n’y va pas, avec fichier et clé")
        check.add_argument("folder", metavar="DOSSIER", type=Path)
        actions.add_parser("watch", help="examine les paquets en service")
        schema = actions.add_parser(
            "schema", help="écrit toutes les clés d’un fichier (JSON Schema)"
        )
        schema.add_argument("file", choices=SCHEMA_FILES)

    def handle(self, *args: Any, **options: Any) -> None:
        actions = {
            "new": self._new,
            "check": self._check,
            "watch": self._watch,
            "schema": self._schema,
        }
        if code := actions[options["action"]](options):
            sys.exit(code)

    def _new(self, options: dict[str, Any]) -> int:
        source, view = options["source"], options["from_view"]
        if bool(source) != bool(view):
            raise CommandError(_("--from-view et --source vont ensemble."))
        if source and source not in source_slugs():
            raise CommandError(
                _("Source inconnue : %(source)s. Sources : %(known)s.")
                % {"source": source, "known": ", ".join(source_slugs()) or "—"}
            )
        try:
            other = view if view and view != VIEW else ""
            written = pack_write(options["folder"], self._shown(source, view), union=other)
        except (SkeletonError, SourceError, OSError) as error:
            raise CommandError(str(error)) from error
        for file in written:
            self.stdout.write(str(file))
        folder = options["folder"].resolve()
        self.stdout.write(
            "\n" + _("À mettre dans .env, puis redémarrer :") + f"\nRULE_PACKS={folder}\n"
            f"SOURCE_{(source or 'slug').upper().replace('-', '_')}_PACK={folder.name}"
        )
        return 0

    def _shown(self, source: str | None, view: str | None) -> list[Shown] | None:
        if source is None or view is None:
            return None
        with source_transaction(source) as connection:
            shown = codes_shown(connection, view)
            filtered = self._filtered(connection, view)
        for line in filtered:
            self.stderr.write(line)
        if not shown:
            raise SkeletonError(_("La vue n’a aucune ligne : aucun code à en lire."))
        return shown

    def _filtered(self, connection: psycopg.Connection[Any], view: str) -> list[str]:
        """That rows, and perhaps codes, are hidden from the role that reads."""
        with catalogue_reading(connection, view) as (_cursor, oid, _path):
            pass
        said, todo, tables = hidden_said(connection, oid)
        return [said, *(f"→ {line}" for line in todo)] if tables else []

    def _check(self, options: dict[str, Any]) -> int:
        if not options["folder"].is_dir():
            raise CommandError(_("%(folder)s n’est pas un dossier.") % options)
        found = pack_check(options["folder"])
        for line in found.faults:
            self.stdout.write(f"{_('défaut')}  {line}")
        for line in found.remarks:
            self.stdout.write(f"{_('à voir')}  {line}")
        rules = len(found.pack.rules)
        self.stdout.write(
            _(
                "%(name)s : %(rules)d règles, %(kinds)d genres, %(faults)d défauts, %(remarks)d à voir."
            )
            % {
                "name": found.pack.name,
                "rules": rules,
                "kinds": len(found.pack.kinds) - rules,
                "faults": len(found.faults),
                "remarks": len(found.remarks),
            }
        )
        return int(bool(found.faults))

    def _schema(self, options: dict[str, Any]) -> int:
        file = SCHEMAS / f"{SCHEMA_FILES[options['file']]}.schema.json"
        self.stdout.write(file.read_text(encoding="utf-8"))
        return 0

    def _watch(self, options: dict[str, Any]) -> int:
        found = packs_watch()
        for fault in found:
            self.stderr.write(f"{fault.source} {fault.code}\n{fault.problem}")
        if not found:
            self.stdout.write(_("Toutes les règles des sources peuvent servir."))
        return int(bool(found))
