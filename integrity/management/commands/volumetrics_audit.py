"""The command that audits a file of field cases; must not know how they are judged or told."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from integrity.volumetrics.cases import COLUMNS, cases_read
from integrity.volumetrics.report import problem_line, report_json, report_text
from integrity.volumetrics.standard import Instrument
from integrity.volumetrics.verdicts import cases_judge


class Command(BaseCommand):
    """Exit 0 when all cases agree, 1 when some contradict, 2 when some input cannot be used."""

    # Reads one file and no database: it must work where nothing else is set up.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Compare des relevés de terrain (CSV) à la norme ASTM D1250-80, tables 53B et 54B."
            " Code de sortie : 0 tout s'accorde, 1 contradiction, 2 entrée inutilisable."
        )
        parser.add_argument(
            "file", type=Path, metavar="FILE.csv", help=_("colonnes : ") + ", ".join(COLUMNS)
        )
        parser.add_argument(
            "--instrument",
            choices=[i.value for i in Instrument],
            help=_("instrument qui a lu la densité ; sinon les deux sont calculés"),
        )
        parser.add_argument("--json", action="store_true", help=_("sortie JSON"))

    def handle(
        self, *args: Any, file: Path, instrument: str | None, json: bool, **options: Any
    ) -> None:
        chosen = Instrument(instrument) if instrument else None
        cases, problems = cases_read(file)
        verdicts = cases_judge(cases, chosen)
        if json:
            self.stdout.write(_dumped(report_json(file.name, verdicts, problems, chosen)))
        elif verdicts:
            for line in report_text(file.name, verdicts, chosen):
                self.stdout.write(line)
        for problem in problems:
            self.stderr.write(problem_line(file.name, problem))
        if problems:
            sys.exit(2)
        if not all(verdict.agrees for verdict in verdicts):
            sys.exit(1)


def _dumped(report: dict[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=2, allow_nan=False)
