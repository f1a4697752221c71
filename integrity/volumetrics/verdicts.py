"""Judges field cases against the standard and against themselves; must not know files or wording.

Allowance. A printed value stands for every value within half a unit of its last printed decimal.
The standard is computed over the whole box of inputs so printed (it is monotone in each, so the
corners suffice), which gives an interval; a printed result contradicts only when its own interval
does not meet that one. Intermediate results are taken as rounded to the decimals printed for them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from integrity.volumetrics.cases import FieldCase
from integrity.volumetrics.standard import (
    Instrument,
    VolumetricsDomainError,
    density_15_53b,
    vcf_54b,
)

# Noise of binary arithmetic at the very end of an interval, far below any printed decimal.
NOISE: Final = 1e-9
WITNESSES: Final = 3


class Quantity(StrEnum):
    """What a check compares."""

    DENSITY_15 = "density_15"
    VCF = "vcf"
    PRODUCT = "product"
    VOLUME_15 = "volume_15"


UNITS: Final = {
    Quantity.DENSITY_15: "kg/m³",
    Quantity.VCF: "",
    Quantity.PRODUCT: "L",
    Quantity.VOLUME_15: "L",
}


@dataclass(frozen=True)
class Interval:
    """All values a printed or computed quantity may have; ends included."""

    low: float
    high: float

    def widened(self, by: float) -> Interval:
        return Interval(self.low - by, self.high + by)

    def below(self, other: Interval) -> bool:
        return self.high + NOISE < other.low


@dataclass(frozen=True)
class Check:
    """One printed value against what it should be, in the quantity's unit.

    expected and allowed are None when the standard does not apply to the printed values.
    unexplained is the distance between the two intervals: what rounding leaves open, signed.
    """

    quantity: Quantity
    instrument: Instrument | None
    printed: Decimal
    expected: float | None
    allowed: Interval | None

    @property
    def unexplained(self) -> float | None:
        if self.allowed is None:
            return None
        printed = printed_interval(self.printed)
        if self.allowed.below(printed):
            return printed.low - self.allowed.high
        if printed.below(self.allowed):
            return printed.high - self.allowed.low
        return 0.0

    @property
    def difference(self) -> float | None:
        return None if self.expected is None else float(self.printed) - self.expected

    @property
    def agrees(self) -> bool:
        return self.unexplained == 0.0


@dataclass(frozen=True)
class Clash:
    """Printed values of this case and of others in an order that no rounding explains."""

    quantity: Quantity
    others: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """All checks of a case; it agrees when those of at least one allowed instrument all do."""

    case: FieldCase
    checks: tuple[Check, ...]
    clashes: tuple[Clash, ...] = ()

    def agrees_with(self, instrument: Instrument) -> bool:
        return all(c.agrees for c in self.checks if c.instrument in (None, instrument))

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return tuple(i for i in Instrument if any(c.instrument is i for c in self.checks))

    @property
    def agrees(self) -> bool:
        return any(self.agrees_with(instrument) for instrument in self.instruments)

    def contradicted(self, quantity: Quantity) -> bool:
        """Whether no allowed instrument explains this quantity."""
        return not any(c.agrees for c in self.checks if c.quantity is quantity)


def decimals_of(printed: Decimal) -> int:
    """How many decimals are printed: 1 for 837.0, 0 for 39296."""
    exponent = printed.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101  NaN and infinities never pass the reading
    return -exponent


def half_unit(printed: Decimal) -> float:
    """Half a unit of the last printed decimal: 0.05 for 837.0, 0.5 for 39296."""
    return 0.5 / 10.0 ** decimals_of(printed)


def printed_interval(printed: Decimal) -> Interval:
    """Every value that rounds to the printed one."""
    return Interval(float(printed), float(printed)).widened(half_unit(printed))


def _image(function: Callable[..., float], *inputs: Interval) -> Interval:
    """The values of a function monotone in each input over a box; corners outside the domain drop.

    Raises VolumetricsDomainError when the whole box is outside.
    """
    values = []
    refusal: VolumetricsDomainError | None = None
    middle = [(i.low + i.high) / 2 for i in inputs]
    for point in (middle, *itertools.product(*((i.low, i.high) for i in inputs))):
        try:
            values.append(function(*point))
        except VolumetricsDomainError as error:
            refusal = error
    if refusal is not None and not values:
        raise refusal
    return Interval(min(values), max(values))


def _density_interval(case: FieldCase, instrument: Instrument) -> Interval:
    return _image(
        lambda density, temperature: density_15_53b(density, temperature, instrument=instrument),
        printed_interval(case.density_observed),
        printed_interval(case.temperature),
    )


def _vcf_interval(case: FieldCase, instrument: Instrument) -> Interval:
    """VCF by the standard alone, from a density rounded as this case prints it."""
    density = _density_interval(case, instrument).widened(half_unit(case.field_density_15))
    return _image(vcf_54b, density, printed_interval(case.temperature))


def _product(volume: float, vcf: float) -> float:
    return volume * vcf


def _instrument_checks(case: FieldCase, instrument: Instrument) -> Iterable[Check]:
    temperature, volume = float(case.temperature), float(case.volume_observed)
    density = density_15_53b(float(case.density_observed), temperature, instrument=instrument)
    yield Check(
        Quantity.DENSITY_15,
        instrument,
        case.field_density_15,
        density,
        _density_interval(case, instrument),
    )
    vcf = _vcf_interval(case, instrument).widened(half_unit(case.field_vcf))
    yield Check(
        Quantity.VOLUME_15,
        instrument,
        case.field_volume_15,
        volume * vcf_54b(density, temperature),
        _image(_product, printed_interval(case.volume_observed), vcf),
    )


def _vcf_check(case: FieldCase) -> Check:
    """The printed VCF against Table 54B at the density that the case itself prints."""
    density = printed_interval(case.field_density_15)
    try:
        expected = vcf_54b(float(case.field_density_15), float(case.temperature))
        allowed = _image(vcf_54b, density, printed_interval(case.temperature))
    except VolumetricsDomainError:
        return Check(Quantity.VCF, None, case.field_vcf, None, None)
    return Check(Quantity.VCF, None, case.field_vcf, expected, allowed)


def _product_check(case: FieldCase) -> Check:
    inputs = (printed_interval(case.volume_observed), printed_interval(case.field_vcf))
    expected = float(case.volume_observed * case.field_vcf)
    allowed = _image(_product, *inputs)
    return Check(Quantity.PRODUCT, None, case.field_volume_15, expected, allowed)


def case_judge(case: FieldCase, instruments: Iterable[Instrument]) -> Verdict:
    """The checks of one case, for each instrument that may have read it."""
    checks = [_vcf_check(case), _product_check(case)]
    for instrument in instruments:
        checks += _instrument_checks(case, instrument)
    order = list(Quantity)
    return Verdict(case, tuple(sorted(checks, key=lambda c: order.index(c.quantity))))


def cases_judge(cases: Iterable[FieldCase], instrument: Instrument | None) -> list[Verdict]:
    """Judge cases one by one, then contradicting ones against those that agree.

    instrument None means that the file does not say which was used: both are computed and a case
    agrees if either explains all its values; which one is never concluded.
    """
    instruments = tuple(Instrument) if instrument is None else (instrument,)
    verdicts = [case_judge(case, instruments) for case in cases]
    agreeing = [v.case for v in verdicts if v.agrees]
    witnesses = {
        quantity: [_Placed.of(case, quantity, instruments) for case in agreeing]
        for quantity in (Quantity.DENSITY_15, Quantity.VCF)
    }
    return [
        v if v.agrees else Verdict(v.case, v.checks, tuple(_clashes(v, witnesses)))
        for v in verdicts
    ]


@dataclass(frozen=True)
class _Placed:
    """Where a case prints a quantity, and where the standard puts it for each instrument."""

    name: str
    printed: Interval
    standard: tuple[Interval, ...]

    @classmethod
    def of(
        cls, case: FieldCase, quantity: Quantity, instruments: tuple[Instrument, ...]
    ) -> _Placed:
        by_standard, printed = {
            Quantity.DENSITY_15: (_density_interval, case.field_density_15),
            Quantity.VCF: (_vcf_interval, case.field_vcf),
        }[quantity]
        standard = tuple(by_standard(case, instrument) for instrument in instruments)
        return cls(case.name, printed_interval(printed), standard)

    def printed_below_but_truly_above(self, other: _Placed) -> bool:
        return self.printed.below(other.printed) and all(
            theirs.below(mine) for mine, theirs in zip(self.standard, other.standard, strict=True)
        )


def _clashes(verdict: Verdict, witnesses: dict[Quantity, list[_Placed]]) -> Iterable[Clash]:
    """Agreeing cases that this one cannot share a file with, three at most for each quantity.

    Two cases clash when the standard puts their true values apart in one order, for every
    instrument, and the printed values stand apart in the other.
    """
    for quantity, others in witnesses.items():
        if not verdict.contradicted(quantity):
            continue  # cannot clash with an agreeing case; spares the search
        mine = _Placed.of(verdict.case, quantity, verdict.instruments)
        names = (
            other.name
            for other in others
            if mine.printed_below_but_truly_above(other)
            or other.printed_below_but_truly_above(mine)
        )
        if found := tuple(itertools.islice(names, WITNESSES)):
            yield Clash(quantity, found)
