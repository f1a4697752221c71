"""Volume at 15 °C of refined products; owns the arithmetic and must not know files, SQL or Django.

Source: ASTM D1250-80 / API MPMS 11.1 (1980) / ISO 91-1, generalised refined products: Table 53B
(density at 15 °C) and Table 54B (volume correction factor). The constants come from the project's
reference note; the printed tables are not at hand. Choices where the source is silent are argued
in docs/decisions/0020-volumetrics-gaps.md. The SQL twins are sql/volumetrics.sql (functions) and
packs/depot/volume_15c_expression.sql (to embed in a query): same operations, same order, equal to 1e-9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

REFERENCE_C: Final = 15.0
TEMPERATURE_RANGE_C: Final = (-18.0, 90.0)
DENSITY_15_RANGE: Final = (653.0, 1075.0)
VOLUME_RANGE_L: Final = (0.0, 1e9)

# A reading made from a density exactly at an end of the domain may fall outside it by the last bit.
EDGE_TOLERANCE: Final = 1e-9
CONVERGED: Final = 1e-9
MAX_ITERATIONS: Final = 8


class Instrument(StrEnum):
    """What read the observed density; glass expands, an oscillating tube is already corrected."""

    HYDROMETER = "hydrometer"
    DENSITOMETER = "densitometer"


class VolumetricsError(ValueError):
    """Base of every refusal of this module."""


class VolumetricsDomainError(VolumetricsError):
    """A value outside the range in which the computation is accepted.

    Attributes: quantity (its name), value, unit, minimum and maximum (inclusive, in unit).
    """

    def __init__(
        self, quantity: str, value: float, unit: str, minimum: float, maximum: float
    ) -> None:
        self.quantity = quantity
        self.value = value
        self.unit = unit
        self.minimum = minimum
        self.maximum = maximum
        super().__init__(
            f"{quantity} {value:g} {unit} is outside the allowed range "
            f"{minimum:.6g} to {maximum:.6g} {unit}"
        )


class UnknownInstrumentError(VolumetricsError):
    """The instrument is neither a hydrometer nor a densitometer."""


class VolumetricsConvergenceError(VolumetricsError):
    """The iteration of Table 53B did not settle; no input of the domain is known to do this."""


@dataclass(frozen=True)
class DensityRange:
    """One interval of density at 15 °C, in kg/m³, where α(ρ) = a/ρ² + b/ρ + c + d·ρ, in 1/°C."""

    name: str
    lower: float
    upper: float
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0

    def alpha(self, density_15: float) -> float:
        """Thermal expansion coefficient at 15 °C, in 1/°C, for a density at 15 °C in kg/m³."""
        return (self.a / density_15 + self.b) / density_15 + self.c + self.d * density_15

    def alpha_slope(self, density_15: float) -> float:
        """Derivative of alpha by density, in 1/°C per kg/m³."""
        return -(2.0 * self.a / density_15 + self.b) / (density_15 * density_15) + self.d


def _gap(below: DensityRange, above: DensityRange) -> DensityRange:
    """Join two printed ranges by a straight line: continuous, monotone as the printed grid."""
    start, end = below.upper, above.lower
    slope = (above.alpha(end) - below.alpha(start)) / (end - start)
    return DensityRange(
        f"{below.name}-{above.name}", start, end, c=below.alpha(start) - slope * start, d=slope
    )


GASOLINES: Final = DensityRange("gasolines", 653.0, 770.0, a=346.4228, b=0.4388)
TRANSITION: Final = DensityRange("transition", 770.5, 787.5, a=2680.3206, c=-0.00336312)
JET_FUELS: Final = DensityRange("jet fuels", 788.0, 838.5, a=594.5418)
FUEL_OILS: Final = DensityRange("fuel oils", 839.0, 1075.0, a=186.9696, b=0.4862)

# Ordered, touching, covering the whole domain.
DENSITY_RANGES: Final = (
    GASOLINES,
    _gap(GASOLINES, TRANSITION),
    TRANSITION,
    _gap(TRANSITION, JET_FUELS),
    JET_FUELS,
    _gap(JET_FUELS, FUEL_OILS),
    FUEL_OILS,
)
PRINTED_RANGES: Final = (GASOLINES, TRANSITION, JET_FUELS, FUEL_OILS)


@dataclass(frozen=True)
class VolumeAt15:
    """Density at 15 °C (kg/m³), VCF (dimensionless), volume at 15 °C (unit of the input volume)."""

    density_15: float
    vcf: float
    volume_15: float


def _require(quantity: str, value: float, unit: str, allowed: tuple[float, float]) -> float:
    # Written so that NaN, which compares false with everything, is refused too.
    if not allowed[0] <= value <= allowed[1]:
        raise VolumetricsDomainError(quantity, value, unit, *allowed)
    return float(value)


def _require_temperature(temperature_c: float) -> float:
    return _require("temperature", temperature_c, "°C", TEMPERATURE_RANGE_C)


def _factor(alpha: float, delta: float) -> float:
    return math.exp(-alpha * delta * (1.0 + 0.8 * alpha * delta))


def density_range(density_15: float) -> DensityRange:
    """The range that governs a density at 15 °C in kg/m³.

    A printed range owns both of its ends; what lies strictly between two of them is a gap.
    Raises VolumetricsDomainError outside 653 to 1075 kg/m³.
    """
    density = _require("density at 15 °C", density_15, "kg/m³", DENSITY_15_RANGE)
    for printed in PRINTED_RANGES:
        if printed.lower <= density <= printed.upper:
            return printed
    return next(r for r in DENSITY_RANGES if r.lower < density < r.upper)


def alpha_54b(density_15: float) -> float:
    """Thermal expansion coefficient α at 15 °C, in 1/°C, from density at 15 °C in kg/m³.

    Raises VolumetricsDomainError outside 653 to 1075 kg/m³.
    """
    return density_range(density_15).alpha(float(density_15))


def vcf_54b(density_15: float, temperature_c: float) -> float:
    """Table 54B: volume correction factor (dimensionless, unrounded).

    density_15 in kg/m³ at 15 °C, temperature_c in °C.
    Raises VolumetricsDomainError outside 653 to 1075 kg/m³ or -18 to 90 °C.
    """
    temperature = _require_temperature(temperature_c)
    return _factor(alpha_54b(density_15), temperature - REFERENCE_C)


def glass_factor(temperature_c: float, instrument: Instrument | str) -> float:
    """Factor (dimensionless) from a reading at temperature_c (°C) to the density it stands for.

    1 for a densitometer. Raises UnknownInstrumentError, VolumetricsDomainError (-18 to 90 °C).
    """
    delta = _require_temperature(temperature_c) - REFERENCE_C
    try:
        instrument = Instrument(instrument)
    except ValueError as error:
        raise UnknownInstrumentError(
            f"instrument {instrument!r} is neither 'hydrometer' nor 'densitometer'"
        ) from error
    if instrument is Instrument.DENSITOMETER:
        return 1.0
    return 1.0 - 0.000023 * delta - 0.00000002 * delta * delta


def _range_of_observed(density_t: float, delta: float) -> DensityRange | None:
    """The range holding the density at 15 °C of a product of density_t (kg/m³) at 15 °C + delta.

    ρ15·VCF(ρ15) grows with ρ15 everywhere in the domain, so comparing density_t with its value at
    the ends of the ranges settles the range before iterating: no iteration crosses a boundary, and
    none can oscillate across one.
    """
    last = DENSITY_RANGES[-1]
    if not density_t <= last.upper * _factor(last.alpha(last.upper), delta) + EDGE_TOLERANCE:
        return None
    for candidate in reversed(DENSITY_RANGES):
        lower = candidate.lower
        # Only at the end of the domain: elsewhere the range below takes what falls short.
        tolerance = EDGE_TOLERANCE if candidate is DENSITY_RANGES[0] else 0.0
        if density_t >= lower * _factor(candidate.alpha(lower), delta) - tolerance:
            return candidate
    return None


def _solve(density_t: float, delta: float, within: DensityRange) -> float:
    """The root of ρ·VCF(ρ) = density_t by Newton's method on the one formula of a range.

    Solved in logarithms, ln(ρ/ρt) = αΔ·(1 + 0.8·αΔ), which are nearly straight: five steps suffice
    anywhere in the domain.
    """
    density = min(max(density_t, within.lower), within.upper)
    for _ in range(MAX_ITERATIONS):
        x = within.alpha(density) * delta
        step = (
            density
            * (math.log(density / density_t) - x * (1.0 + 0.8 * x))
            / (1.0 - density * delta * (1.0 + 1.6 * x) * within.alpha_slope(density))
        )
        density -= step
        if abs(step) < CONVERGED:
            return min(max(density, DENSITY_15_RANGE[0]), DENSITY_15_RANGE[1])
    raise VolumetricsConvergenceError(
        f"density {density_t:g} kg/m³ at {REFERENCE_C + delta:g} °C: no convergence "
        f"in {MAX_ITERATIONS} iterations"
    )


def density_15_53b(
    observed_density: float, temperature_c: float, *, instrument: Instrument | str
) -> float:
    """Table 53B: density at 15 °C in kg/m³ (unrounded) from a reading.

    observed_density in kg/m³ as read, temperature_c in °C of the sample when read; instrument says
    what read it and is never guessed: a hydrometer's reading is first corrected for its glass.
    The result is the one density that satisfies ρ15 = ρt / VCF(ρ15, t).
    Raises VolumetricsDomainError (-18 to 90 °C, ρ15 of 653 to 1075 kg/m³), UnknownInstrumentError.
    """
    delta = _require_temperature(temperature_c) - REFERENCE_C
    glass = glass_factor(temperature_c, instrument)
    density_t = observed_density * glass
    within = _range_of_observed(density_t, delta)
    if within is None:
        first, last = DENSITY_RANGES[0], DENSITY_RANGES[-1]
        raise VolumetricsDomainError(
            f"observed density at {float(temperature_c):g} °C",
            observed_density,
            "kg/m³",
            first.lower * _factor(first.alpha(first.lower), delta) / glass,
            last.upper * _factor(last.alpha(last.upper), delta) / glass,
        )
    return _solve(density_t, delta, within)


def volume_at_15(
    volume_observed: float,
    *,
    observed_density: float,
    temperature_c: float,
    instrument: Instrument | str,
) -> VolumeAt15:
    """Volume at 15 °C of volume_observed (L, or any unit, which the result keeps; 0 to 1e9).

    observed_density in kg/m³ as read, temperature_c in °C, of the reading and of the product alike.
    Raises VolumetricsDomainError, UnknownInstrumentError.
    """
    volume = _require("observed volume", volume_observed, "L", VOLUME_RANGE_L)
    density = density_15_53b(observed_density, temperature_c, instrument=instrument)
    factor = vcf_54b(density, temperature_c)
    return VolumeAt15(density_15=density, vcf=factor, volume_15=volume * factor)
