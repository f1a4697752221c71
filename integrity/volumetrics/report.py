"""Puts verdicts into words for depot staff, or into JSON; must not judge anything itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from integrity.volumetrics.cases import Problem
from integrity.volumetrics.standard import Instrument
from integrity.volumetrics.verdicts import (
    UNITS,
    Check,
    Clash,
    Quantity,
    Verdict,
    decimals_of,
    half_unit,
)


def _instrument_name(instrument: Instrument) -> str:
    return {
        Instrument.HYDROMETER: _("aréomètre en verre"),
        Instrument.DENSITOMETER: _("densimètre à tube vibrant"),
    }[instrument]


def _quantity_name(quantity: Quantity) -> str:
    return {
        Quantity.DENSITY_15: _("densité à 15 °C (table 53B)"),
        Quantity.VCF: _("VCF (table 54B, à la densité à 15 °C relevée)"),
        Quantity.PRODUCT: _("volume observé × VCF relevés"),
        Quantity.VOLUME_15: _("volume à 15 °C selon la norme"),
    }[quantity]


def _number(value: Decimal | float, decimals: int, unit: str, *, signed: bool = False) -> str:
    # Rounded here: number_format cuts the digits of a float instead of rounding them.
    rounded = Decimal(f"{value:.{decimals}f}")
    text = number_format(rounded, decimals, use_l10n=True, force_grouping=True)
    if signed and rounded > 0:
        text = f"+{text}"
    return f"{text} {unit}".rstrip()


def _as_printed(value: Decimal, unit: str) -> str:
    return _number(value, decimals_of(value), unit)


def _check_line(check: Check) -> str:
    unit = UNITS[check.quantity]
    name = _quantity_name(check.quantity)
    if check.instrument is not None:
        name = f"{name}, {_instrument_name(check.instrument)}"
    printed = _as_printed(check.printed, unit)
    if check.expected is None or check.allowed is None or check.unexplained is None:
        text = _("[inconnu] %(name)s : relevé %(printed)s, hors du domaine de la norme")
        return text % {"name": name, "printed": printed}
    # One more than printed: enough to see on which side of the rounding a value falls.
    decimals = decimals_of(check.printed) + 1
    values = {
        "name": name,
        "printed": printed,
        "expected": _number(check.expected, decimals, unit),
        "low": _number(check.allowed.low, decimals, ""),
        "high": _number(check.allowed.high, decimals, unit),
        "difference": _number(check.difference or 0.0, decimals, unit, signed=True),
        "unexplained": _number(abs(check.unexplained), decimals, unit),
    }
    if check.agrees:
        text = _(
            "[accord]  %(name)s : relevé %(printed)s, calculé %(expected)s"
            " (arrondis compris : %(low)s à %(high)s)"
        )
    else:
        text = _(
            "[écart]   %(name)s : relevé %(printed)s, calculé %(expected)s"
            " (arrondis compris : %(low)s à %(high)s), écart %(difference)s"
            " dont %(unexplained)s que l'arrondi n'explique pas"
        )
    return text % values


def _clash_line(clash: Clash) -> str:
    text = {
        Quantity.DENSITY_15: _(
            "[écart]   densité à 15 °C rangée à l'envers par rapport à %(others)s,"
            " quel que soit l'instrument"
        ),
        Quantity.VCF: _(
            "[écart]   VCF rangé à l'envers par rapport à %(others)s, quel que soit l'instrument"
        ),
    }[clash.quantity]
    return text % {"others": ", ".join(clash.others)}


def _conclusion(verdict: Verdict) -> str:
    fitting = [i for i in verdict.instruments if verdict.agrees_with(i)]
    if not fitting:
        return _("CONTRADICTION")
    if len(verdict.instruments) == 1 or len(fitting) == len(verdict.instruments):
        return _("ACCORD")
    return _("ACCORD, si l'instrument est : %s") % _instrument_name(fitting[0])


def _case_lines(verdict: Verdict) -> Iterator[str]:
    case = verdict.case
    yield _("%(name)s (ligne %(line)s, %(product)s) : %(conclusion)s") % {
        "name": case.name,
        "line": case.line,
        "product": case.product,
        "conclusion": _conclusion(verdict),
    }
    yield "  " + _("lu : %(volume)s, %(temperature)s, %(density)s") % {
        "volume": _as_printed(case.volume_observed, "L"),
        "temperature": _as_printed(case.temperature, "°C"),
        "density": _as_printed(case.density_observed, "kg/m³"),
    }
    for check in verdict.checks:
        yield "  " + _check_line(check)
    for clash in verdict.clashes:
        yield "  " + _clash_line(clash)


def report_text(name: str, verdicts: list[Verdict], instrument: Instrument | None) -> Iterator[str]:
    """The lines of the report on a file, in the active language."""
    yield _("Contrôle volumétrique de %s") % name
    yield _(
        "Norme : ASTM D1250-80 / API MPMS 11.1 (1980), tables 53B et 54B, produits raffinés,"
        " calculées sans arrondi."
    )
    yield _(
        "Arrondis : une valeur imprimée vaut à une demi-unité près de sa dernière décimale"
        " (837,0 : ± 0,05 ; 39 296 : ± 0,5) ; seul compte ce qui dépasse."
    )
    if instrument is None:
        yield _(
            "Instrument : le fichier ne le dit pas. Les deux sont calculés ; un cas est en accord"
            " si l'un des deux explique toutes ses valeurs."
        )
    else:
        yield _("Instrument : %s.") % _instrument_name(instrument)
    for verdict in verdicts:
        yield ""
        yield from _case_lines(verdict)
    if verdicts:
        yield ""
        yield from _summary_lines(verdicts)


def _summary_lines(verdicts: list[Verdict]) -> Iterator[str]:
    agreeing = sum(v.agrees for v in verdicts)
    yield _("Bilan : %(agreeing)s cas en accord, %(contradicting)s en contradiction.") % {
        "agreeing": agreeing,
        "contradicting": len(verdicts) - agreeing,
    }
    for quantity in Quantity:
        names = [v.case.name for v in verdicts if v.contradicted(quantity)]
        if names:
            values = {"quantity": _quantity_name(quantity), "names": ", ".join(names)}
            yield _("  contredit, %(quantity)s : %(names)s") % values
    for instrument in verdicts[0].instruments:
        count = sum(
            c.agrees
            for v in verdicts
            for c in v.checks
            if c.quantity is Quantity.DENSITY_15 and c.instrument is instrument
        )
        yield _("  densités à 15 °C expliquées par %(instrument)s : %(count)s sur %(total)s") % {
            "instrument": _instrument_name(instrument),
            "count": count,
            "total": len(verdicts),
        }


def problem_line(name: str, problem: Problem) -> str:
    """Where and why something in the file cannot be used."""
    where = name
    if problem.line:
        where += ", " + _("ligne %s") % problem.line
    if problem.column:
        where += ", " + _("colonne %s") % problem.column
    return _("%(where)s : %(message)s") % {"where": where, "message": problem.message}


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "quantity": check.quantity.value,
        "instrument": check.instrument and check.instrument.value,
        "unit": UNITS[check.quantity] or None,
        "printed": format(check.printed, "f"),
        "printed_half_unit": half_unit(check.printed),
        "expected": check.expected,
        "allowed": check.allowed and [check.allowed.low, check.allowed.high],
        "difference": check.difference,
        "unexplained": check.unexplained,
        "agrees": check.agrees,
    }


def report_json(
    name: str,
    verdicts: list[Verdict],
    problems: list[Problem],
    instrument: Instrument | None,
) -> dict[str, Any]:
    """The same facts for a program: floats unrounded in the unit named, printed values as text."""
    return {
        "file": name,
        "standard": "ASTM D1250-80 / API MPMS 11.1 (1980), tables 53B and 54B",
        "instrument": instrument and instrument.value,
        "agreeing": sum(v.agrees for v in verdicts),
        "contradicting": sum(not v.agrees for v in verdicts),
        "cases": [
            {
                "case": v.case.name,
                "line": v.case.line,
                "product": v.case.product,
                "agrees": v.agrees,
                "agrees_with": [i.value for i in v.instruments if v.agrees_with(i)],
                "checks": [_check_json(check) for check in v.checks],
                "clashes": [
                    {"quantity": clash.quantity.value, "others": list(clash.others)}
                    for clash in v.clashes
                ],
            }
            for v in verdicts
        ],
        "problems": [
            {"line": p.line or None, "column": p.column or None, "message": p.message}
            for p in problems
        ],
    }
