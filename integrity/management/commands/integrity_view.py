"""Prints the SQL of the checks view with its rollback; only --apply runs it, where a person says."""

from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils.translation import gettext as _

from governance.core.database.address import database_address
from governance.core.identity.sources import source_slugs
from governance.core.logs import one_line
from integrity.rules.catalog import (
    DEPOT,
    ManifestError,
    Pack,
    pack,
    pack_of,
    packs,
    rules_among,
)
from integrity.rules.compiler import (
    LOCK_TIMEOUT_S,
    Applied,
    CompileError,
    ViewRefusedError,
    definition_sha256,
    rollback_sql,
    rule_problem,
    script_sql,
    view_apply,
)
from integrity.rules.rule import Rule
from integrity.sources.connections import SourceError, source_connect, source_transaction
from integrity.sources.contract import COLUMNS, VIEW
from integrity.sources.installed_view import InstalledView, view_installed
from integrity.sources.installs import install_note

DONE = {
    "created": _("Vue %(view)s créée"),
    "replaced": _("Vue %(view)s remplacée"),
    "recreated": _("Vue %(view)s refaite avec d’autres colonnes, droits conservés"),
    "unchanged": _("Vue %(view)s déjà à jour, rien n’a changé"),
}


class Command(BaseCommand):
    help = "Affiche le SQL de la vue des contrôles et son retour arrière ; ne l’exécute qu’avec --apply."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rules", metavar="CODE,…", help="seulement ces règles (défaut : toutes)"
        )
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument(
            "--source",
            metavar="SLUG",
            help="avec les règles de cette source ; sans --apply, lit la vue en place, pour que le retour "
            "arrière la rétablisse",
        )
        whose.add_argument("--pack", metavar="NOM", help=f"avec ses règles (défaut : {DEPOT})")
        parser.add_argument(
            "--fitting",
            action="store_true",
            help="avec --apply : laisse de côté, en les nommant, les règles que la base refuse",
        )
        parser.add_argument(
            "--apply",
            type=database_address,
            metavar="NOM|@FICHIER|URL",
            help="exécute le SQL sur la base dont une variable, un fichier ou l’argument (sans mot de "
            "passe) donne l’adresse, puis vérifie le contrat",
        )
        parser.add_argument(
            "--lock-timeout",
            type=int,
            default=LOCK_TIMEOUT_S,
            metavar="S",
            help="secondes d’attente d’un verrou (défaut : %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["lock_timeout"] < 1:
            raise CommandError(_("--lock-timeout : au moins 1 seconde."))
        source = options["source"]
        if source is not None and source not in source_slugs():
            raise CommandError(
                _("Source inconnue : %(source)s. Sources : %(known)s.")
                % {"source": source, "known": ", ".join(source_slugs()) or "—"}
            )
        pack = self._pack(options["pack"] or DEPOT) if source is None else pack_of(source)
        for fault in pack.faults:
            self.stderr.write(_("Laissée de côté : %(code)s") % {"code": fault.code})
            self.stderr.write(fault.problem)
        self._shape = pack.shape
        try:
            rules = self._rules(options["rules"], pack)
            if options["apply"] is not None:
                self._apply(
                    options["apply"], rules, source, options["lock_timeout"], options["fitting"]
                )
            else:
                self._print(rules, source, options["lock_timeout"])
        except (ManifestError, CompileError, ViewRefusedError, SourceError) as error:
            raise CommandError(str(error)) from error

    def _pack(self, name: str) -> Pack:
        try:
            return pack(name)
        except KeyError:
            raise CommandError(
                _("Paquet inconnu : %(name)s. Paquets : %(known)s.")
                % {"name": name, "known": ", ".join(one.name for one in packs())}
            ) from None

    def _rules(self, codes: str | None, pack: Pack) -> list[Rule]:
        if codes is None:
            return list(pack.rules.values())
        try:
            wanted = (code.strip().upper() for code in codes.split(",") if code.strip())
            return rules_among(pack.rules, wanted)
        except KeyError as error:
            raise CommandError(
                _("Règle inconnue : %(codes)s. Règles : %(known)s.")
                % {"codes": error.args[0], "known": ", ".join(pack.rules)}
            ) from None

    def _print(self, rules: list[Rule], source: str | None, lock_timeout: int) -> None:
        previous: InstalledView | None = None
        if source is not None:
            if source not in source_slugs():
                raise CommandError(
                    _("Source inconnue : %(source)s. Sources : %(known)s.")
                    % {"source": source, "known": ", ".join(source_slugs()) or "—"}
                )
            with source_transaction(source) as connection:
                previous = view_installed(connection)
        self.stdout.write(f"-- {VIEW} ({len(rules)}) : {_names(rules)}")
        self.stdout.write(f"-- sha256 {definition_sha256(rules, self._shape)}\n\n")
        self.stdout.write(script_sql(rules, self._shape, lock_timeout_s=lock_timeout))
        self.stdout.write(_comment(_("Droits"), _rights_hint(source)))
        undo = f"BEGIN;\n{rollback_sql(previous, self._shape)}\nCOMMIT;"
        self.stdout.write(_comment(_("Retour arrière"), undo))

    def _apply(
        self, url: str, rules: list[Rule], source: str | None, lock_timeout: int, fitting: bool
    ) -> None:
        with _connect(url) as connection:
            info = connection.info
            where = _("Base %(database)s sur %(host)s, rôle %(role)s.") % {
                "database": info.dbname,
                "host": info.host or "localhost",
                "role": info.user,
            }
            if fitting:
                rules = self._fitting(connection, rules)
            applied = view_apply(connection, rules, self._shape, lock_timeout_s=lock_timeout)
        self.stdout.write(where)
        self._report(applied, rules, source)
        try:
            install_note(applied.view)
        except Error as error:
            self.stderr.write(
                _(
                    "La console n’a pas pu noter cette installation (%(cause)s) : le prochain contrôle la "
                    "signalera, et une personne dira qu’elle est voulue."
                )
                % {"cause": one_line(error)}
            )

    def _fitting(self, connection: psycopg.Connection[Any], rules: list[Rule]) -> list[Rule]:
        problems = {rule.code: rule_problem(connection, rule) for rule in rules}
        for code, problem in problems.items():
            if problem:
                self.stderr.write(_("Laissée de côté : %(code)s") % {"code": code} + f"\n{problem}")
        return [rule for rule in rules if not problems[rule.code]]

    def _report(self, applied: Applied, rules: list[Rule], source: str | None) -> None:
        self.stdout.write(
            f"{DONE[applied.outcome] % {'view': VIEW}} : {_names(rules)} ; "
            f"sha256 {applied.definition_sha256}."
        )
        if applied.outcome == "unchanged":
            return
        self.stdout.write(_("Contrat vérifié : %(count)d colonnes.") % {"count": len(COLUMNS)})
        self.stdout.write(_comment(_("Droits"), _rights_hint(source)))
        self.stdout.write(_comment(_("Retour arrière"), applied.rollback))


def _connect(url: str) -> psycopg.Connection[Any]:
    try:
        return source_connect(url)
    except psycopg.OperationalError as error:
        cause = one_line(error, url)
        raise ViewRefusedError(
            _("Base inaccessible, rien n’a changé : %(cause)s") % {"cause": cause}
        ) from None
    except psycopg.Error:
        # Its message quotes the address, password included.
        raise ViewRefusedError(
            _("--apply attend une adresse postgresql://… ; celle-ci ne se lit pas.")
        ) from None


def _names(rules: list[Rule]) -> str:
    return ", ".join(f"{rule.code} {rule.version}" for rule in rules)


def _reader(source: str | None) -> str:
    """The role that reads a source, as SQL writes it; empty where that cannot be asked.

    The name in its address may be a pooler's.
    """
    if source is None:
        return ""
    try:
        with source_transaction(source) as connection:
            row = connection.execute("SELECT quote_ident(current_user)").fetchone()
    except SourceError:
        return ""
    return str(row[0]) if row else ""


def _rights_hint(source: str | None) -> str:
    role = _reader(source)
    return (
        _(
            "Le rôle de lecture de la console en a besoin ; personne d’autre, et surtout pas les rôles"
        )
        + "\n"
        + _("publics d’une API (sur Supabase : REVOKE ALL ON %(view)s FROM anon, authenticated;).")
        % {"view": VIEW}
        + f"\nGRANT SELECT ON {VIEW} TO {role or '<' + _('rôle de lecture') + '>'};"
    )


def _comment(title: str, text: str) -> str:
    """A block that psql skips, so that the output can be run as it is."""
    return "\n" + "\n".join(f"-- {line}".rstrip() for line in (f"{title} :", *text.splitlines()))
