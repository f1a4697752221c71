"""The cheap test of a recorded volume never spares one that the standard would contradict."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integrity.volumetrics.standard import Instrument, VolumetricsError, volume_at_15
from tests.conftest import Postgres

SQL = Path("integrity/packs/depot/volume_15c_plausible.sql").read_text(encoding="utf-8")
NAMES = ("volume_observed", "observed_density", "temperature_c", "instrument", "volume_15c")


@pytest.fixture(scope="module")
def console(pg: Postgres) -> Any:
    with psycopg.connect(pg.dsn("postgres"), autocommit=True) as connection:
        yield connection


def surely_right(connection: Any, tolerance: float | None, *values: Any) -> bool | None:
    text = "\n".join(line for line in SQL.splitlines() if not line.lstrip().startswith("--"))
    assert text.count("<rows>") == 1
    for name in (*NAMES, "tolerance"):
        assert text.count(f"<{name}>") == 1
        text = text.replace(f"<{name}>", f"%({name})s")
    text = text.replace("<rows>", "(SELECT)")
    given = dict(zip(NAMES, values, strict=True)) | {"tolerance": tolerance}
    row = connection.execute(text, given).fetchone()
    assert row is not None
    answer: bool | None = row[-1]
    return answer


@settings(max_examples=2000, deadline=None)
@given(
    volume=st.floats(100, 60_000),
    density=st.floats(600, 1100),
    temperature=st.floats(-18, 90),
    instrument=st.sampled_from(list(Instrument)),
    deviation=st.floats(1.01, 50) | st.floats(-50, -1.01),
    share=st.floats(1e-5, 1e-3),
)
@example(39_000.0, 704.0, 90.0, Instrument.DENSITOMETER, 1.5, 5e-4)  # steepest range, hottest
@example(39_000.0, 809.0, -18.0, Instrument.DENSITOMETER, -1.5, 5e-4)
def test_a_wrong_volume_is_never_spared(
    console: Any,
    volume: float,
    density: float,
    temperature: float,
    instrument: Instrument,
    deviation: float,
    share: float,
) -> None:
    """`deviation` is in tolerances, `share` the tolerance as a share of the volume."""
    tolerance = share * volume
    try:
        right = volume_at_15(
            volume, observed_density=density, temperature_c=temperature, instrument=instrument
        ).volume_15
    except VolumetricsError:
        right = volume
        assert not surely_right(
            console, tolerance, volume, density, temperature, instrument.value, right
        )
        return
    recorded = right + deviation * tolerance
    assert not surely_right(
        console, tolerance, volume, density, temperature, instrument.value, recorded
    )


# The tables break at these densities at 15 °C; what was observed at 40 °C is up to 23 kg/m3 less.
@settings(max_examples=300, deadline=None)
@given(
    volume=st.floats(1_000, 60_000),
    density=st.floats(680, 1000).filter(
        lambda rho: all(abs(rho - edge) > 24 for edge in (770, 787, 838))
    ),
    temperature=st.floats(5, 40),
    instrument=st.sampled_from(list(Instrument)),
)
def test_a_right_volume_is_spared(
    console: Any, volume: float, density: float, temperature: float, instrument: Instrument
) -> None:
    right = volume_at_15(
        volume, observed_density=density, temperature_c=temperature, instrument=instrument
    ).volume_15
    tolerance = 0.0005 * volume
    assert surely_right(console, tolerance, volume, density, temperature, instrument.value, right)


def test_a_wide_tolerance_is_not_for_this_test(console: Any) -> None:
    reading = (20_000.0, 837.0, 20.0, "densitometer", 19_915.59)
    assert surely_right(console, 19.9, *reading)
    assert not surely_right(console, 20.1, *reading)


@pytest.mark.parametrize(
    "values",
    [
        (1e300, 1e300, 20.0, "densitometer", 1e-300),
        (20_000.0, 837.0, 1e300, "densitometer", 19_900.0),
        (20_000.0, 837.0, 20.0, "guess", 19_915.59),
        (20_000.0, 837.0, 20.0, "densitometer", 0.0),
        (20_000.0, 837.0, 20.0, "densitometer", None),
        (float("nan"), 837.0, 20.0, "densitometer", 20_000.0),
    ],
)
def test_absurd_values_are_never_spared_and_never_stop_the_others(
    console: Any, values: tuple[Any, ...]
) -> None:
    assert not surely_right(console, 5.0, *values)
