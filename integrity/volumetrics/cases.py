"""Field cases read from a CSV file; owns its format, must not know how cases are judged."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from integrity.volumetrics.standard import (
    TEMPERATURE_RANGE_C,
    VOLUME_RANGE_L,
    Instrument,
    VolumetricsDomainError,
    density_15_53b,
)

NUMBERS: Final = (
    "volume_observed_l",
    "temperature_c",
    "density_observed_kg_m3",
    "field_density_15c_kg_m3",
    "field_vcf",
    "field_volume_15c_l",
)
COLUMNS: Final = ("case", "product", *NUMBERS)
_PLAIN_DECIMAL: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")


@dataclass(frozen=True)
class FieldCase:
    """What a person wrote down, decimals kept as printed; L, °C, kg/m³, VCF dimensionless."""

    line: int
    name: str
    product: str
    volume_observed: Decimal
    temperature: Decimal
    density_observed: Decimal
    field_density_15: Decimal
    field_vcf: Decimal
    field_volume_15: Decimal


@dataclass(frozen=True)
class Problem:
    """Why a line, or the whole file (line 0), cannot be used; column is empty for a whole line."""

    line: int
    column: str
    message: str


class _UnusableFileError(Exception):
    """Nothing in the file can be read as a case."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = list(problems)
        super().__init__()


def cases_read(path: Path) -> tuple[list[FieldCase], list[Problem]]:
    """The usable cases of a file in its order, and what is wrong with the rest of it.

    One bad line does not hide the others: each is told, and the good ones are still returned.
    """
    try:
        header, rows = _table(_text(path))
    except _UnusableFileError as error:
        return [], error.problems
    return _cases_of(header, rows)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = _("fichier illisible (%s)") % (error.strerror or error)
    except UnicodeDecodeError as error:
        message = _("fichier illisible : l'octet %s n'est pas de l'UTF-8") % (error.start + 1)
    raise _UnusableFileError(Problem(0, "", message))


def _table(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        message = _("CSV mal formé (%s)") % error
        raise _UnusableFileError(Problem(reader.line_num, "", message)) from error
    if not header:
        message = _("fichier vide : ligne des noms de colonnes attendue")
        raise _UnusableFileError(Problem(1, "", message))
    if problems := _header_problems(header):
        raise _UnusableFileError(*problems)
    if not rows:
        message = _("aucun cas après la ligne des noms de colonnes")
        raise _UnusableFileError(Problem(2, "", message))
    return header, rows


def _header_problems(header: list[str]) -> list[Problem]:
    problems = [
        Problem(1, column, _("colonne manquante")) for column in COLUMNS if column not in header
    ]
    problems += [
        Problem(1, column, _("colonne présente plusieurs fois"))
        for column in COLUMNS
        if header.count(column) > 1
    ]
    return problems


def _cases_of(
    header: list[str], rows: list[tuple[int, list[str]]]
) -> tuple[list[FieldCase], list[Problem]]:
    cases: list[FieldCase] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line, cells in rows:
        if len(cells) != len(header):
            message = _("%(got)s valeurs au lieu de %(expected)s (décimales avec un point ?)")
            problems.append(
                Problem(line, "", message % {"got": len(cells), "expected": len(header)})
            )
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        found = _problems_of(line, row)
        if row["case"] in seen:
            message = _("« %(name)s » est déjà le nom du cas de la ligne %(line)s")
            values = {"name": row["case"], "line": seen[row["case"]]}
            found.append(Problem(line, "case", message % values))
        if found:
            problems += found
            continue
        seen[row["case"]] = line
        cases.append(
            FieldCase(line, row["case"], row["product"], *(Decimal(row[c]) for c in NUMBERS))
        )
    return cases, problems


def _problems_of(line: int, row: dict[str, str]) -> list[Problem]:
    problems = [Problem(line, column, _("valeur absente")) for column in COLUMNS if not row[column]]
    problems += [
        Problem(
            line, column, _("« %s » n'est pas un nombre décimal (point, sans espace)") % row[column]
        )
        for column in NUMBERS
        if row[column] and not _PLAIN_DECIMAL.fullmatch(row[column])
    ]
    if problems:
        return problems
    problems = [
        Problem(line, column, _("« %s » doit être positif") % row[column])
        for column in NUMBERS
        if column != "temperature_c" and Decimal(row[column]) <= 0
    ]
    return problems or _domain_problems(line, row)


def _domain_problems(line: int, row: dict[str, str]) -> list[Problem]:
    message = _(
        "%(value)s %(unit)s est hors du domaine accepté, %(minimum)s à %(maximum)s %(unit)s"
    )

    def outside(column: str, unit: str, minimum: float, maximum: float) -> Problem:
        values = {"unit": unit, "minimum": f"{minimum:.6g}", "maximum": f"{maximum:.6g}"}
        return Problem(line, column, message % {"value": row[column], **values})

    temperature = float(row["temperature_c"])
    if not TEMPERATURE_RANGE_C[0] <= temperature <= TEMPERATURE_RANGE_C[1]:
        return [outside("temperature_c", "°C", *TEMPERATURE_RANGE_C)]
    if float(row["volume_observed_l"]) > VOLUME_RANGE_L[1]:
        return [outside("volume_observed_l", "L", *VOLUME_RANGE_L)]
    for instrument in Instrument:
        try:
            density_15_53b(float(row["density_observed_kg_m3"]), temperature, instrument=instrument)
        except VolumetricsDomainError as error:
            limits = (error.minimum, error.maximum)
            return [outside("density_observed_kg_m3", "kg/m³", *limits)]
    return []
