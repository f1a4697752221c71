"""`manage.py rls_audit`: who gets at whose rows in a PostgreSQL, told by its text and tried on a copy."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from unicodedata import category

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from governance.access.row_security.audit import audit, audit_on_the_source
from governance.access.row_security.baseline import audit_keep, blindness_keep
from governance.access.row_security.behaviour.rebuild import CannotRebuild
from governance.access.row_security.findings import (
    Excuse,
    Report,
    drift,
    excuses_read,
    identity_words,
)
from governance.access.row_security.schema import CURRENT, UnknownRole
from governance.core.database.address import database_address
from governance.core.identity.sources import source_slugs
from integrity.rules.catalog import pack_of
from integrity.sources.connections import SourceError

BLIND = 2
EXCUSES = "row_security.toml"  # of a pack: on the console's side, so nobody excuses himself


class Command(BaseCommand):
    help = (
        "Examine les droits par ligne d’une base PostgreSQL : ce que son texte montre, puis qui atteint les "
        "lignes de qui, essayé sur une copie de son schéma. Rien n’y est écrit. "
        "Code 0 : rien à dire ; 1 : des constats ; 2 : tout ou partie n’a pas pu être examiné."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument(
            "--source", metavar="SLUG", help="une source configurée ; le résultat est gardé"
        )
        target.add_argument(
            "--url",
            type=database_address,
            metavar="NOM|@FICHIER|URL",
            help="une autre base : variable ou fichier qui a son adresse, ou adresse sans mot de passe",
        )
        parser.add_argument("--json", action="store_true", help="rapport lisible par une machine")
        parser.add_argument(
            "--baseline",
            type=Path,
            metavar="FICHIER",
            help="un rapport --json approuvé, à comparer",
        )
        parser.add_argument(
            "--excused",
            type=Path,
            metavar="FICHIER",
            help="les constats admis, chacun avec sa raison (TOML ; défaut pour une source : "
            f"{EXCUSES} de son paquet)",
        )
        parser.add_argument(
            "--role",
            action="append",
            default=[],
            metavar="RÔLE",
            help="un rôle exposé (défaut : anon et authenticated, sinon ceux que visent les règles)",
        )
        parser.add_argument(
            "--reader",
            metavar="RÔLE",
            default="",
            help="avec --url, le rôle par lequel la console lit cette base : ce qui n’est ouvert qu’à lui "
            "n’est pas un constat (une source configurée le sait d’elle-même)",
        )
        parser.add_argument(
            "--on-the-source",
            action="store_true",
            help="essaie aussi sur la base de --url elle-même, dans une transaction annulée",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["source"] or ""
        if source and source not in source_slugs():
            raise CommandError(
                _("Source inconnue : %(source)s. Sources : %(known)s.")
                % {"source": source, "known": ", ".join(source_slugs()) or "—"},
                returncode=BLIND,
            )
        if options["on_the_source"] and source:
            raise CommandError(
                _(
                    "--on-the-source demande la connexion par --url : une source configurée n’est que lue."
                ),
                returncode=BLIND,
            )
        if options["reader"] and source:
            raise CommandError(
                _("--reader va avec --url : une source configurée sait qui la lit."),
                returncode=BLIND,
            )
        address = settings.SOURCES[source] if source else options["url"]
        try:
            excuses = self._file(options["excused"] or _of_pack(source), excuses_read) or []
            approved = self._file(options["baseline"], matrix_read)
            report = self._audit(address, options, excuses)
        except UnknownRole as error:
            raise CommandError(_("Rôle inconnu : %s.") % error, returncode=BLIND) from error
        except (SourceError, CannotRebuild) as error:
            if source:
                blindness_keep(source=source, reason=str(error))
            raise CommandError(_("INCONNU : %s") % error, returncode=BLIND) from error
        if source:
            audit_keep(source=source, report=report)
        if approved is not None:
            report.findings += drift(approved, report.matrix)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(lines(report)))
        if report.exit_code:
            sys.exit(report.exit_code)

    @staticmethod
    def _audit(address: str, options: dict[str, Any], excuses: list[Excuse]) -> Report:
        reader = CURRENT if options["source"] else options["reader"]
        tried = audit_on_the_source if options["on_the_source"] else audit
        return tried(address, roles=options["role"], excuses=excuses, reader=reader)

    @staticmethod
    def _file(path: Path | None, read: Any) -> Any:
        if path is None:
            return None
        try:
            return read(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(
                _("%(file)s ne se lit pas : %(cause)s") % {"file": path, "cause": error},
                returncode=BLIND,
            ) from error


def _of_pack(source: str) -> Path | None:
    """The file of the source's pack that answers for findings, where there is one."""
    folder = pack_of(source).folder if source else None
    file = folder / EXCUSES if folder else None
    return file if file and file.is_file() else None


def matrix_read(path: Path) -> dict[str, str]:
    """The matrix of a report that `--json` wrote."""
    return dict(json.loads(path.read_text(encoding="utf-8"))["matrix"])


def lines(report: Report) -> list[str]:
    """The report as people read it in a terminal, which takes no orders from names of a database."""
    said = []
    for one in report.findings:
        mark = _("admis") if one.excused else one.severity
        said.append(f"{mark:9} {one.code} {one.object} : {one.label}. {one.excused or one.detail}")
        if one.count:
            said.append(
                "          "
                + _("%(role)s (%(identity)s), %(verb)s : %(count)d ligne(s). Pour le voir :")
                % {
                    "role": one.role,
                    "identity": identity_words(one.identity),
                    "verb": one.verb,
                    "count": one.count,
                }
            )
            said += [f"            {line}" for line in one.statement.splitlines()]
    for lost in report.unknowns:
        mark = _("admis") if lost.excused else "INCONNU"
        what = " ".join(filter(None, (lost.object, lost.role, lost.verb)))
        said.append(f"{mark:9} {what} : {lost.excused or lost.reason}")
    said.append(
        _(
            "%(found)d constat(s), %(unknown)d inconnu(s), %(tries)d essais en %(seconds)s s. "
            "Rôles : %(roles)s."
        )
        % {
            "found": len(report.open),
            "unknown": sum(not one.excused for one in report.unknowns),
            "tries": report.tries,
            "seconds": f"{report.seconds:.1f}",
            "roles": ", ".join(report.roles),
        }
    )
    return ["".join("�" if category(one)[0] == "C" else one for one in line) for line in said]
