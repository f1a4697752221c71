-- Volume at 15 °C as one SQL expression, to embed in a query: needs no function in the database.
-- Source: ASTM D1250-80 / API MPMS 11.1 (1980) / ISO 91-1, Tables 53B and 54B, refined products.
-- Twin of integrity/volumetrics/standard.py, equal to 1e-9. Needs PostgreSQL 9.3 or newer.
--
-- To embed: put this SELECT in CROSS JOIN LATERAL ( ... ) AS astm, and replace each of the four
-- placeholders, which occur once each, by a column or a literal of the outer query:
--   <volume_observed>   observed volume, L (or any unit: the result keeps it), 0 to 1e9
--   <observed_density>  density as read, kg/m3, not yet brought to 15 °C
--   <temperature_c>     temperature of the reading and of the product, degrees Celsius, -18 to 90
--   <instrument>        text, 'hydrometer' (the glass is corrected) or 'densitometer'
-- It gives exactly one row: density_15 (kg/m3), vcf (dimensionless), volume_15 (L), unrounded.
-- The columns are NULL when an input is NULL, out of the domain or an unknown instrument, so that
-- one bad row never aborts a scan: a rule must say what it does with NULL, it is not "all is well".
--
-- How: rho15 * VCF(rho15) grows with rho15, so the density range is settled first, by comparing the
-- observed density with that product at the lower end of each range; then five steps of Newton's
-- method on ln(rho / rho_t) = x * (1 + 0.8 x), x = alpha * delta, alpha = a/rho2 + b/rho + c + d*rho
-- (they suffice anywhere in the domain). Three narrow rows of the table join printed ranges by a
-- straight line (docs/decisions/0020-volumetrics-gaps.md). OFFSET 0 keeps the planner from merging
-- the steps, which would copy the expression of each step several times into the next.
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
                CAST(<volume_observed> AS double precision) AS volume_observed,
                CAST(<observed_density> AS double precision) AS observed_density,
                CAST(<temperature_c> AS double precision) AS temperature_c,
                CAST(<instrument> AS text) AS instrument
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
) AS result ON true
