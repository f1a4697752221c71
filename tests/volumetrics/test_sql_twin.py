"""The SQL twin on the real PostgreSQL: equal to Python, NULL where Python refuses."""

from __future__ import annotations

import math
import os
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.volumetrics import standard as v
from tests.volumetrics.conftest import EXPRESSION, PLACEHOLDERS, SQL, embed
from tests.volumetrics.test_standard import KNOTS

Twin = psycopg.Connection[Any]

INPUTS = int(os.environ.get("SOAK_INPUTS", "1000"))
GIVEN = """
    FROM (VALUES (%(volume)s::double precision, %(density)s::double precision,
                  %(temperature)s::double precision, %(instrument)s::text))
         AS i (volume, density, temperature, instrument)
"""
COLUMNS = {
    "volume_observed": "i.volume",
    "observed_density": "i.density",
    "temperature_c": "i.temperature",
    "instrument": "i.instrument",
}
BOTH_FORMS = f"""
    SELECT astm.density_15, astm.vcf, astm.volume_15, f.density_15, f.vcf, f.volume_15,
           volumetrics_density_15_53b(i.density, i.temperature, i.instrument),
           volumetrics_vcf_54b(
               volumetrics_density_15_53b(i.density, i.temperature, i.instrument), i.temperature
           ),
           volumetrics_volume_15(i.volume, i.density, i.temperature, i.instrument)
    {GIVEN}
    CROSS JOIN LATERAL ({embed(**COLUMNS)}) AS astm
    CROSS JOIN LATERAL volumetrics_at_15(i.volume, i.density, i.temperature, i.instrument) AS f
"""

densities_15 = st.one_of(
    st.floats(*v.DENSITY_15_RANGE),
    st.sampled_from(KNOTS),
    st.builds(
        lambda knot, hair: min(max(knot + hair, 653.0), 1075.0),
        st.sampled_from(KNOTS),
        st.one_of(st.floats(-1e-6, 1e-6), st.floats(-2e-9, 2e-9)),
    ),
    *(st.floats(r.lower, r.upper) for r in v.DENSITY_RANGES),
)
temperatures = st.one_of(
    st.floats(*v.TEMPERATURE_RANGE_C), st.sampled_from([-18.0, 14.95, 15.0, 15.05, 90.0])
)


def close(got: float | None, expected: float) -> bool:
    return got is not None and abs(got - expected) <= 1e-9


def test_sql_equals_python_on_inputs_of_the_domain(twin: Twin) -> None:
    seen: list[float] = []

    @settings(max_examples=INPUTS, deadline=None, database=None)
    @given(
        density_15=densities_15,
        temperature=temperatures,
        volume=st.floats(0.0, 500_000.0),
        instrument=st.sampled_from(list(v.Instrument)),
    )
    def equal(
        density_15: float, temperature: float, volume: float, instrument: v.Instrument
    ) -> None:
        seen.append(density_15)
        glass = v.glass_factor(temperature, instrument)
        reading = density_15 * v.vcf_54b(density_15, temperature) / glass
        expected = v.volume_at_15(
            volume, observed_density=reading, temperature_c=temperature, instrument=instrument
        )
        values = {"volume": volume, "density": reading, "temperature": temperature}
        row = twin.execute(BOTH_FORMS, {**values, "instrument": instrument.value}).fetchone()
        assert row is not None
        for start in (0, 3, 6):
            assert close(row[start], expected.density_15)
            assert close(row[start + 1], expected.vcf)
            assert close(row[start + 2], expected.volume_15)

    equal()
    assert len(seen) >= INPUTS
    assert set(KNOTS) <= set(seen)


@pytest.mark.parametrize("temperature", [-18.0, 20.0, 90.0])
@pytest.mark.parametrize("knot", KNOTS)
def test_a_hair_beside_a_boundary_both_take_the_same_range(
    twin: Twin, knot: float, temperature: float
) -> None:
    """A full tank's litres, where the wrong range would show in the ninth decimal."""
    for exponent in range(13):
        for hair in (-(10.0**-exponent), 0.0, 10.0**-exponent):
            reading = knot * v.vcf_54b(knot, temperature) + hair
            got = twin.execute(
                "SELECT volume_15 FROM volumetrics_at_15(500000, %s, %s, 'densitometer')",
                [reading, temperature],
            ).fetchone()
            assert got is not None
            try:
                expected = v.volume_at_15(
                    500_000.0,
                    observed_density=reading,
                    temperature_c=temperature,
                    instrument="densitometer",
                )
            except v.VolumetricsDomainError:
                assert got == (None,)
            else:
                assert close(got[0], expected.volume_15)


def test_alpha_and_vcf_on_a_fine_grid(twin: Twin) -> None:
    """Every quarter of kg/m³ from outside to outside, and a hair around each boundary."""
    grid = [652 + i * 0.25 for i in range(1697)]
    grid += [knot + hair for knot in KNOTS for hair in (-1e-9, 1e-9)]
    rows = twin.execute(
        "SELECT d, t, volumetrics_alpha_54b(d), volumetrics_vcf_54b(d, t)"
        " FROM unnest(%s::double precision[]) AS d, unnest(%s::double precision[]) AS t",
        [grid, [-18.1, -18.0, 15.0, 29.7, 90.0, 90.1]],
    ).fetchall()
    assert len(rows) == len(grid) * 6
    for density, temperature, alpha, vcf in rows:
        try:
            expected = v.alpha_54b(density)
        except v.VolumetricsDomainError:
            assert alpha is None
            assert vcf is None
            continue
        assert alpha == pytest.approx(expected, abs=1e-15)
        try:
            assert close(vcf, v.vcf_54b(density, temperature))
        except v.VolumetricsDomainError:
            assert vcf is None


ODD = [None, math.nan, math.inf, -math.inf, 0.0, -0.0, -1.0, 5e-324, 1e-300, 1e300, 1.7e308]


@pytest.mark.parametrize("instrument", ["hydrometer", "densitometer", "aréomètre", "", None])
def test_out_of_the_domain_gives_null_and_never_an_error(
    twin: Twin, instrument: str | None
) -> None:
    """Every mix of odd values: SQL answers exactly where Python does, and NULL elsewhere."""
    given_rows = [
        (volume, density, temperature)
        for volume in (39296.0, 0.0, 1e9, *ODD)
        for density in (837.3, 500.0, 1200.0, *ODD)
        for temperature in (29.7, -18.0, 90.0, -18.001, 90.001, *ODD)
    ]
    rows = twin.execute(
        f"""
        SELECT i.volume, i.density, i.temperature, astm.*, f.*
        FROM unnest(%s::double precision[], %s::double precision[], %s::double precision[])
             AS odd (volume, density, temperature)
        CROSS JOIN LATERAL (SELECT odd.*, %s::text AS instrument) AS i
        CROSS JOIN LATERAL ({embed(**COLUMNS)}) AS astm
        CROSS JOIN LATERAL volumetrics_at_15(i.volume, i.density, i.temperature, i.instrument) AS f
        """.encode(),
        [*map(list, zip(*given_rows, strict=True)), instrument],
    ).fetchall()
    assert len(rows) == len(given_rows)
    answers = 0
    for volume, density, temperature, *got in rows:
        if None in (density, temperature, instrument):
            assert got[:3] == got[3:] == [None, None, None]
            continue
        assert got[:3] == got[3:]
        try:
            expected = v.volume_at_15(
                0.0, observed_density=density, temperature_c=temperature, instrument=str(instrument)
            )
            assert close(got[0], expected.density_15)
            assert close(got[1], expected.vcf)
        except v.VolumetricsError:
            assert got[:3] == [None, None, None]
            continue
        in_domain = volume is not None and 0.0 <= volume <= 1e9
        assert (got[2] is not None) is in_domain
        answers += in_domain
    assert (answers > 0) is (instrument in ("hydrometer", "densitometer"))


def test_functions_are_immutable_and_parallel_safe(twin: Twin) -> None:
    rows = twin.execute(
        "SELECT proname, provolatile::text, proparallel::text, prosecdef FROM pg_proc"
        " WHERE pronamespace = 'volumetrics_twin'::regnamespace ORDER BY proname"
    ).fetchall()
    assert rows == [
        ("volumetrics_alpha_54b", "i", "s", False),
        ("volumetrics_at_15", "i", "s", False),
        ("volumetrics_density_15_53b", "i", "s", False),
        ("volumetrics_vcf_54b", "i", "s", False),
        ("volumetrics_volume_15", "i", "s", False),
    ]


def test_the_drop_file_takes_everything_away(twin: Twin) -> None:
    with twin.transaction(force_rollback=True):
        twin.execute((SQL / "volumetrics.drop.sql").read_text(encoding="utf-8"))
        left = twin.execute(
            "SELECT count(*) FROM pg_proc WHERE pronamespace = 'volumetrics_twin'::regnamespace"
        ).fetchone()
        assert left == (0,)


def test_the_function_and_the_expression_have_one_text() -> None:
    body = "\n".join(line for line in EXPRESSION.splitlines() if not line.startswith("--"))
    for placeholder in PLACEHOLDERS:
        assert body.count(f"<{placeholder}>") == 1
        body = body.replace(f"<{placeholder}>", f"volumetrics_at_15.{placeholder}")
    assert body in (SQL / "volumetrics.sql").read_text(encoding="utf-8")


def test_the_expression_can_stand_in_a_view_beside_a_rule(twin: Twin) -> None:
    """In a view over a table, as a rule will; every row answered, the bad ones with NULL."""
    with twin.transaction(force_rollback=True):
        twin.execute(
            "CREATE TABLE r (id int, volume_ambiant double precision, densite_a_15"
            " double precision, temperature_ambiante_c double precision)"
        )
        columns = {
            "volume_observed": "r.volume_ambiant",
            "observed_density": "r.densite_a_15",
            "temperature_c": "r.temperature_ambiante_c",
            "instrument": "'hydrometer'",
        }
        twin.execute(
            f"CREATE VIEW rule AS SELECT r.id, astm.volume_15 FROM r"
            f" CROSS JOIN LATERAL ({embed(**columns)}) AS astm".encode()
        )
        twin.execute(
            "INSERT INTO r VALUES (1, 39330, 837, 20), (2, 39330, NULL, 20), (3, 39330, 837, NULL),"
            " (4, NULL, 837, 20), (5, 39330, 0, 20), (6, -1, 837, 20), (7, 'NaN', 'NaN', 'NaN')"
        )
        got = dict(twin.execute("SELECT id, volume_15 FROM rule").fetchall())
    expected = v.volume_at_15(
        39330, observed_density=837, temperature_c=20, instrument="hydrometer"
    )
    assert close(got.pop(1), expected.volume_15)
    assert got == dict.fromkeys(range(2, 8))
