-- Volume at 15 °C as functions, for a database whose owner agreed to have them (nothing installs
-- them by itself; a rule embeds volume_15c_expression.sql instead and needs no installation).
-- Source: ASTM D1250-80 / API MPMS 11.1 (1980) / ISO 91-1, Tables 53B and 54B, refined products.
-- Twin of integrity/volumetrics/standard.py, equal to 1e-9. Needs PostgreSQL 14 or newer.
-- Densities in kg/m3, temperatures in degrees Celsius, volumes in L, factors dimensionless.
-- Where Python raises an error these give NULL: one bad row must not abort the reading of the
-- others. Whoever calls them must therefore say what NULL means; it is not "all is well".

-- Table 54B, thermal expansion coefficient at 15 °C, in 1/°C. Printed ranges own both of their
-- ends; a gap between two is joined by a straight line (docs/decisions/0020-volumetrics-gaps.md).
CREATE FUNCTION volumetrics_alpha_54b(density_15 double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN density_15 < 653.0 THEN NULL
    WHEN density_15 <= 770.0 THEN (346.4228 / density_15 + 0.4388) / density_15
    WHEN density_15 < 770.5 THEN 0.004919340585702353 + -4.8898507517811975e-06 * density_15
    WHEN density_15 <= 787.5 THEN 2680.3206 / density_15 / density_15 + -0.00336312
    WHEN density_15 < 788.0 THEN 0.0031764575417324746 + -2.8159606548004788e-06 * density_15
    WHEN density_15 <= 838.5 THEN 594.5418 / density_15 / density_15
    WHEN density_15 < 839.0 THEN 0.0017024779661967155 + -1.0218914637814044e-06 * density_15
    WHEN density_15 <= 1075.0 THEN (186.9696 / density_15 + 0.4862) / density_15
END;

-- Table 54B: volume correction factor, unrounded.
CREATE FUNCTION volumetrics_vcf_54b(density_15 double precision, temperature_c double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN temperature_c BETWEEN -18.0 AND 90.0 THEN
        exp(
            -volumetrics_alpha_54b(density_15) * (temperature_c - 15.0)
            * (1.0 + 0.8 * volumetrics_alpha_54b(density_15) * (temperature_c - 15.0))
        )
END;

-- Tables 53B then 54B: all three results at once. The body is volume_15c_expression.sql, whose
-- header explains it, and a test keeps the two the same.
CREATE FUNCTION volumetrics_at_15(
    volume_observed double precision,
    observed_density double precision,
    temperature_c double precision,
    instrument text,
    OUT density_15 double precision,
    OUT vcf double precision,
    OUT volume_15 double precision
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
SELECT
    result.density_15,
    result.vcf,
    CASE
        WHEN input.volume_observed BETWEEN 0.0 AND 1e9
        THEN input.volume_observed * result.vcf
    END AS volume_15
FROM (
    SELECT
        raw.volume_observed,
        raw.delta,
        raw.observed_density * CASE raw.instrument
            WHEN 'densitometer' THEN CAST(1.0 AS double precision)
            WHEN 'hydrometer' THEN
                CAST(1.0 AS double precision) - 0.000023 * raw.delta
                - 0.00000002 * raw.delta * raw.delta
        END AS density_t
    FROM (
        SELECT
            given.volume_observed,
            given.instrument,
            -- Bounds wider than the domain: they only keep arithmetic from overflowing.
            CASE WHEN given.observed_density BETWEEN 1.0 AND 1e5 THEN given.observed_density END
                AS observed_density,
            CASE WHEN given.temperature_c BETWEEN -18.0 AND 90.0 THEN given.temperature_c - 15.0 END
                AS delta
        FROM (
            SELECT
                CAST(volumetrics_at_15.volume_observed AS double precision) AS volume_observed,
                CAST(volumetrics_at_15.observed_density AS double precision) AS observed_density,
                CAST(volumetrics_at_15.temperature_c AS double precision) AS temperature_c,
                CAST(volumetrics_at_15.instrument AS text) AS instrument
        ) AS given
    ) AS raw
    OFFSET 0
) AS input
LEFT JOIN LATERAL (
    SELECT
        solved.rho AS density_15,
        exp(-solved.x * (1.0 + 0.8 * solved.x)) AS vcf
    FROM (
        SELECT ends.*
        FROM (
            SELECT
                spans.*,
                ((spans.a / spans.lower + spans.b) / spans.lower + spans.c + spans.d * spans.lower)
                    * input.delta AS x,
                (186.9696 / CAST(1075.0 AS double precision) + 0.4862) / 1075.0 * input.delta
                    AS x_last
            FROM (
                VALUES
                (CAST(653.0 AS double precision), CAST(770.0 AS double precision),
                 CAST(346.4228 AS double precision), CAST(0.4388 AS double precision),
                 CAST(0.0 AS double precision), CAST(0.0 AS double precision)),
                (770.0, 770.5, 0.0, 0.0, 0.004919340585702353, -4.8898507517811975e-06),
                (770.5, 787.5, 2680.3206, 0.0, -0.00336312, 0.0),
                (787.5, 788.0, 0.0, 0.0, 0.0031764575417324746, -2.8159606548004788e-06),
                (788.0, 838.5, 594.5418, 0.0, 0.0, 0.0),
                (838.5, 839.0, 0.0, 0.0, 0.0017024779661967155, -1.0218914637814044e-06),
                (839.0, 1075.0, 186.9696, 0.4862, 0.0, 0.0)
            ) AS spans (lower, upper, a, b, c, d)
        ) AS ends
        WHERE
            -- The tolerance is for the ends of the domain, not for boundaries inside it.
            input.density_t >= ends.lower * exp(-ends.x * (1.0 + 0.8 * ends.x))
                - CASE WHEN ends.lower = 653.0 THEN 1e-9 ELSE 0.0 END
            AND input.density_t <= 1075.0 * exp(-ends.x_last * (1.0 + 0.8 * ends.x_last)) + 1e-9
        ORDER BY ends.lower DESC
        LIMIT 1
    ) AS span
    CROSS JOIN LATERAL (
        SELECT least(greatest(input.density_t, span.lower), span.upper) AS rho
        OFFSET 0
    ) AS start
    CROSS JOIN LATERAL (
        SELECT
            held.rho - held.rho * (ln(held.rho / input.density_t) - held.x * (1.0 + 0.8 * held.x))
            / (
                1.0 + input.delta * (1.0 + 1.6 * held.x)
                * ((2.0 * span.a / held.rho + span.b) / held.rho - span.d * held.rho)
            ) AS rho
        FROM (
            SELECT
                start.rho,
                ((span.a / start.rho + span.b) / start.rho + span.c + span.d * start.rho)
                    * input.delta AS x
        ) AS held
        OFFSET 0
    ) AS step1
    CROSS JOIN LATERAL (
        SELECT
            held.rho - held.rho * (ln(held.rho / input.density_t) - held.x * (1.0 + 0.8 * held.x))
            / (
                1.0 + input.delta * (1.0 + 1.6 * held.x)
                * ((2.0 * span.a / held.rho + span.b) / held.rho - span.d * held.rho)
            ) AS rho
        FROM (
            SELECT
                step1.rho,
                ((span.a / step1.rho + span.b) / step1.rho + span.c + span.d * step1.rho)
                    * input.delta AS x
        ) AS held
        OFFSET 0
    ) AS step2
    CROSS JOIN LATERAL (
        SELECT
            held.rho - held.rho * (ln(held.rho / input.density_t) - held.x * (1.0 + 0.8 * held.x))
            / (
                1.0 + input.delta * (1.0 + 1.6 * held.x)
                * ((2.0 * span.a / held.rho + span.b) / held.rho - span.d * held.rho)
            ) AS rho
        FROM (
            SELECT
                step2.rho,
                ((span.a / step2.rho + span.b) / step2.rho + span.c + span.d * step2.rho)
                    * input.delta AS x
        ) AS held
        OFFSET 0
    ) AS step3
    CROSS JOIN LATERAL (
        SELECT
            held.rho - held.rho * (ln(held.rho / input.density_t) - held.x * (1.0 + 0.8 * held.x))
            / (
                1.0 + input.delta * (1.0 + 1.6 * held.x)
                * ((2.0 * span.a / held.rho + span.b) / held.rho - span.d * held.rho)
            ) AS rho
        FROM (
            SELECT
                step3.rho,
                ((span.a / step3.rho + span.b) / step3.rho + span.c + span.d * step3.rho)
                    * input.delta AS x
        ) AS held
        OFFSET 0
    ) AS step4
    CROSS JOIN LATERAL (
        SELECT
            held.rho - held.rho * (ln(held.rho / input.density_t) - held.x * (1.0 + 0.8 * held.x))
            / (
                1.0 + input.delta * (1.0 + 1.6 * held.x)
                * ((2.0 * span.a / held.rho + span.b) / held.rho - span.d * held.rho)
            ) AS rho
        FROM (
            SELECT
                step4.rho,
                ((span.a / step4.rho + span.b) / step4.rho + span.c + span.d * step4.rho)
                    * input.delta AS x
        ) AS held
        OFFSET 0
    ) AS step5
    CROSS JOIN LATERAL (
        SELECT
            bounded.rho,
            ((span.a / bounded.rho + span.b) / bounded.rho + span.c + span.d * bounded.rho)
                * input.delta AS x
        FROM (SELECT least(greatest(step5.rho, 653.0), 1075.0) AS rho OFFSET 0) AS bounded
        OFFSET 0
    ) AS solved
) AS result ON true;
END;

-- Table 53B: density at 15 °C, unrounded, from a reading by 'hydrometer' (corrected for its glass)
-- or 'densitometer'; NULL for any other instrument.
CREATE FUNCTION volumetrics_density_15_53b(
    observed double precision, temperature_c double precision, instrument text
)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT r.density_15 FROM volumetrics_at_15(0.0, observed, temperature_c, instrument) AS r);

-- Volume at 15 °C, unrounded, in the unit of the observed volume.
CREATE FUNCTION volumetrics_volume_15(
    volume_observed double precision,
    observed_density double precision,
    temperature_c double precision,
    instrument text
)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT r.volume_15
    FROM volumetrics_at_15(volume_observed, observed_density, temperature_c, instrument) AS r
);
