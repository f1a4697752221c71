"""Tables 53B and 54B in Python: constants, ranges, boundaries, convergence, refusals."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise

import pytest

from integrity.volumetrics import standard as v

# Where two ranges meet or the domain ends, in kg/m³.
KNOTS = (653.0, 770.0, 770.5, 787.5, 788.0, 838.5, 839.0, 1075.0)
DENSITIES = sorted(
    {653 + i * 0.5 for i in range(845)}
    | {k + e for k in KNOTS[1:-1] for e in (-1e-3, -1e-9, 1e-9, 1e-3)}
)
TEMPERATURES = (-18.0, -5.0, 0.0, 14.95, 15.0, 15.05, 20.0, 29.7, 35.0, 45.0, 60.0, 90.0)


def printed_alpha(density: float) -> float:
    """The reference note's four formulas, written out a second time as it writes them."""
    if density <= 770.0:
        return 346.4228 / density**2 + 0.4388 / density
    if 770.5 <= density <= 787.5:
        return -0.00336312 + 2680.3206 / density**2
    if 788.0 <= density <= 838.5:
        return 594.5418 / density**2
    assert density >= 839.0
    return 186.9696 / density**2 + 0.4862 / density


def test_alpha_on_the_whole_printed_grid() -> None:
    for density in (653 + i * 0.5 for i in range(845)):
        assert v.alpha_54b(density) == pytest.approx(printed_alpha(density), rel=1e-13), density


@pytest.mark.parametrize(
    ("density", "name"),
    [
        (653.0, "gasolines"),
        (770.0, "gasolines"),
        (770.0001, "gasolines-transition"),
        (770.4999, "gasolines-transition"),
        (770.5, "transition"),
        (778.0, "transition"),
        (787.5, "transition"),
        (787.5001, "transition-jet fuels"),
        (787.9999, "transition-jet fuels"),
        (788.0, "jet fuels"),
        (838.5, "jet fuels"),
        (838.5001, "jet fuels-fuel oils"),
        (838.9999, "jet fuels-fuel oils"),
        (839.0, "fuel oils"),
        (1075.0, "fuel oils"),
    ],
)
def test_every_boundary_belongs_to_the_printed_range(density: float, name: str) -> None:
    assert v.density_range(density).name == name


def test_ranges_touch_and_cover_the_domain() -> None:
    assert [r.lower for r in v.DENSITY_RANGES] + [v.DENSITY_RANGES[-1].upper] == list(KNOTS)
    assert all(a.upper == b.lower for a, b in pairwise(v.DENSITY_RANGES))


def test_alpha_is_continuous_and_falls_everywhere() -> None:
    alphas = [v.alpha_54b(d) for d in DENSITIES]
    assert all(a > b for a, b in pairwise(alphas))
    for knot in KNOTS[1:-1]:
        assert v.alpha_54b(knot - 1e-9) == pytest.approx(v.alpha_54b(knot + 1e-9), abs=1e-13)


def test_778_is_no_boundary() -> None:
    below, above = v.alpha_54b(778.0 - 1e-6), v.alpha_54b(778.0 + 1e-6)
    assert below == pytest.approx(above, abs=1e-10)


@pytest.mark.parametrize(
    ("density", "alpha"),
    # Worked by hand from the note's formulas, one density inside each printed range.
    [(700.0, 1.333842e-3), (780.0, 1.042404e-3), (800.0, 9.28972e-4), (840.0, 8.43789e-4)],
)
def test_alpha_of_one_density_in_each_range(density: float, alpha: float) -> None:
    assert v.alpha_54b(density) == pytest.approx(alpha, abs=1e-9)


def test_vcf_is_one_at_15_degrees() -> None:
    assert {v.vcf_54b(d, 15.0) for d in DENSITIES} == {1.0}


def test_sanity_value_of_the_reference_note() -> None:
    """20 °C diesel of 837 kg/m³: about 840.5 and 0.9958, whichever instrument read it."""
    for instrument, density in (("hydrometer", 840.45), ("densitometer", 840.55)):
        got = v.volume_at_15(
            1000.0, observed_density=837.0, temperature_c=20.0, instrument=instrument
        )
        assert got.density_15 == pytest.approx(density, abs=0.01)
        assert round(got.vcf, 4) == 0.9958
        assert got.volume_15 == pytest.approx(995.78, abs=0.005)


def test_glass_of_a_hydrometer() -> None:
    assert v.glass_factor(15.0, "hydrometer") == 1.0
    assert v.glass_factor(35.0, "hydrometer") == pytest.approx(1 - 0.00046 - 0.000008, abs=1e-15)
    assert v.glass_factor(35.0, "densitometer") == 1.0


@pytest.mark.parametrize("instrument", list(v.Instrument))
@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_round_trip_53b_then_54b(temperature: float, instrument: v.Instrument) -> None:
    """From a density at 15 °C to what would be read, and back, at every grid point and boundary."""
    glass = v.glass_factor(temperature, instrument)
    for density in DENSITIES:
        reading = density * v.vcf_54b(density, temperature) / glass
        back = v.density_15_53b(reading, temperature, instrument=instrument)
        assert back == pytest.approx(density, abs=2e-9)
        assert back * v.vcf_54b(back, temperature) / glass == pytest.approx(reading, abs=2e-9)


def test_one_density_at_15_for_each_reading() -> None:
    """ρ15·VCF grows with ρ15, so the range is known before iterating and there is one solution."""
    for temperature in (-18 + 0.5 * i for i in range(217)):
        readings = [d * v.vcf_54b(d, temperature) for d in DENSITIES]
        assert all(a < b for a, b in pairwise(readings)), temperature


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("knot", KNOTS)
def test_iteration_settles_on_both_sides_of_a_boundary(knot: float, temperature: float) -> None:
    """Readings a hair around a boundary: a solution of the equation, in the same order."""
    centre = knot * v.vcf_54b(knot, temperature)
    hairs = [0.0, *(s * 10.0**-e for e in range(13) for s in (-1, 1))]
    solved = []
    for reading in sorted({centre + hair for hair in hairs}):
        try:
            density = v.density_15_53b(reading, temperature, instrument="densitometer")
        except v.VolumetricsDomainError:
            assert knot in (KNOTS[0], KNOTS[-1])
            continue
        assert density * v.vcf_54b(density, temperature) == pytest.approx(reading, abs=2e-9)
        solved.append(density)
    assert solved == sorted(solved)
    assert len(solved) >= 13


def test_plain_substitution_would_need_far_more_steps_where_ours_takes_few() -> None:
    """Why Newton within one range: substitution in the transition range when hot crawls."""
    temperature, reading = 90.0, 775.0 * v.vcf_54b(775.0, 90.0)
    density, steps = reading, 0
    while abs(density * v.vcf_54b(density, temperature) - reading) > 1e-9:
        density = reading / v.vcf_54b(density, temperature)
        steps += 1
    assert steps > 5 * v.MAX_ITERATIONS
    assert v.density_15_53b(reading, 90.0, instrument="densitometer") == pytest.approx(775.0)


def test_an_iteration_that_does_not_settle_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(v, "MAX_ITERATIONS", 1)
    with pytest.raises(v.VolumetricsConvergenceError, match="no convergence in 1 iterations"):
        v.density_15_53b(837.0, 30.0, instrument="hydrometer")


@pytest.mark.parametrize("temperature", [-18.01, 90.01, 150.0, math.nan, math.inf, -math.inf])
def test_temperature_outside_the_domain(temperature: float) -> None:
    for ask in (
        partial(v.vcf_54b, 840.0, temperature),
        partial(v.density_15_53b, 840.0, temperature, instrument="hydrometer"),
    ):
        with pytest.raises(v.VolumetricsDomainError) as caught:
            ask()
        error = caught.value
        assert (error.quantity, error.unit) == ("temperature", "°C")
        assert (error.minimum, error.maximum) == (-18.0, 90.0)
        assert str(error).endswith("°C is outside the allowed range -18 to 90 °C")


@pytest.mark.parametrize("density", [652.999, 1075.001, 0.0, -840.0, 0.84, math.nan, math.inf])
def test_density_at_15_outside_the_domain(density: float) -> None:
    with pytest.raises(v.VolumetricsDomainError, match=r"allowed range 653 to 1075 kg/m³"):
        v.vcf_54b(density, 20.0)


@pytest.mark.parametrize("density", [0.0, -837.0, 0.837, 83.7, 8370.0, math.nan, math.inf])
def test_observed_density_outside_the_domain_names_the_range_at_that_temperature(
    density: float,
) -> None:
    with pytest.raises(v.VolumetricsDomainError) as caught:
        v.density_15_53b(density, 20.0, instrument="hydrometer")
    error = caught.value
    assert error.quantity == "observed density at 20 °C"
    for limit, density_15 in ((error.minimum, 653.0), (error.maximum, 1075.0)):
        back = v.density_15_53b(limit, 20.0, instrument="hydrometer")
        assert back == pytest.approx(density_15, abs=1e-8)
    with pytest.raises(v.VolumetricsDomainError):
        v.density_15_53b(error.minimum - 1e-6, 20.0, instrument="hydrometer")
    with pytest.raises(v.VolumetricsDomainError):
        v.density_15_53b(error.maximum + 1e-6, 20.0, instrument="hydrometer")


@pytest.mark.parametrize("volume", [-0.001, 1.1e9, math.nan, math.inf])
def test_volume_outside_the_domain(volume: float) -> None:
    with pytest.raises(v.VolumetricsDomainError, match=r"observed volume .* L is outside"):
        v.volume_at_15(volume, observed_density=837, temperature_c=20, instrument="hydrometer")


@pytest.mark.parametrize("instrument", ["", "HYDROMETER", "aréomètre", "hydrometer "])
def test_an_unknown_instrument_is_refused(instrument: str) -> None:
    with pytest.raises(v.UnknownInstrumentError, match="neither 'hydrometer' nor"):
        v.density_15_53b(837.0, 20.0, instrument=instrument)


def test_the_instrument_cannot_be_left_out() -> None:
    with pytest.raises(TypeError, match="instrument"):
        v.density_15_53b(837.0, 20.0)  # type: ignore[call-arg]
