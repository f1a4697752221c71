"""The generator's own 15 °C arithmetic, against the reference note's sanity figures."""

import pytest

from integrity.depot import diesel


def test_sanity_figures() -> None:
    density = diesel.density_15c(837.0, 20.0)
    assert density == pytest.approx(840.5, abs=0.06)
    assert diesel.vcf(density, 20.0) == pytest.approx(0.9958, abs=0.00005)


@pytest.mark.parametrize("temperature", [0.0, 15.0, 19.0, 29.7, 45.0])
def test_density_at_15c_explains_the_reading(temperature: float) -> None:
    density = diesel.density_15c(845.0, temperature)
    assert density * diesel.vcf(density, temperature) == pytest.approx(845.0, abs=1e-9)


def test_nothing_to_correct_at_15c() -> None:
    assert diesel.volume_15c(39_296.0, 845.0, 15.0) == 39_296.0


def test_volume_is_rounded_to_the_half_litre() -> None:
    volume = diesel.volume_15c(39_296.0, 837.3, 29.7)
    assert volume * 2 == int(volume * 2)
    density = diesel.density_15c(837.3, 29.7)
    assert volume == pytest.approx(39_296.0 * diesel.vcf(density, 29.7), abs=0.25)
